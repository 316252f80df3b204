"""Which event answered what: so that taking the event back takes the answer back."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import Answered


async def note(  # noqa: PLR0913, PLR0917 - an answer has as many parts
    session: AsyncSession, event_id: str, mxid: str, about: str, said: str, now: datetime
) -> None:
    """Note what an event said, and about what ("call:7", "received:AF-2026-0014", …)."""
    session.add(Answered(event_id=event_id, mxid=mxid, about=about, said=said, given_at=now))
    await session.flush()


async def by(session: AsyncSession, event_id: str) -> list[Answered]:
    """List what an event answered and has not been taken back."""
    rows = select(Answered).where(
        Answered.event_id == event_id, col(Answered.taken_back_at).is_(None)
    )
    return list(await session.exec(rows.order_by(col(Answered.id))))


async def latest(session: AsyncSession, about: str) -> Answered | None:
    """Give what was last said about a thing, by anybody, and has not been taken back."""
    rows = select(Answered).where(Answered.about == about, col(Answered.taken_back_at).is_(None))
    return (await session.exec(rows.order_by(col(Answered.id).desc()).limit(1))).first()


async def since(session: AsyncSession, about: str, mxid: str, after: datetime) -> bool:
    """Tell whether somebody has said something about a thing later than that, which stands."""
    rows = select(Answered.id).where(
        Answered.about == about, Answered.mxid == mxid, col(Answered.given_at) > after,
        col(Answered.taken_back_at).is_(None),
    )  # fmt: skip
    return (await session.exec(rows.limit(1))).first() is not None


async def last(session: AsyncSession, about: str, mxid: str) -> str | None:
    """Give what somebody last said about a thing and has not taken back; None for nothing."""
    rows = select(Answered.said).where(
        Answered.about == about, Answered.mxid == mxid, col(Answered.taken_back_at).is_(None)
    )
    return (await session.exec(rows.order_by(col(Answered.id).desc()).limit(1))).first()
