"""Invitations that wait to be answered: kept with the batch they came in, so that none is lost."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import Invitation
from bot.store import kept

AT_ONCE = 100


async def note(session: AsyncSession, new: Iterable[Invitation]) -> None:
    """Keep invitations; a newer one to the same room takes the place of the older."""
    for invitation in new:
        await session.merge(invitation)


async def waiting(session: AsyncSession) -> list[Invitation]:
    """List the oldest that wait, those to direct rooms first."""
    first = (col(Invitation.direct).desc(), col(Invitation.heard_at), col(Invitation.room_id))
    return list(await session.exec(select(Invitation).order_by(*first).limit(AT_ONCE)))


async def answered(session: AsyncSession, room_id: str) -> None:
    """Forget an invitation that has been answered."""
    await session.exec(delete(Invitation).where(col(Invitation.room_id) == room_id))


async def told_since(session: AsyncSession, mxid: str, since: datetime) -> bool:
    """Tell whether somebody has been told since then why the bot does not come."""
    told = await kept.get(session, _name(mxid))
    return told is not None and datetime.fromisoformat(told) > since


async def tell(session: AsyncSession, mxid: str, now: datetime) -> None:
    """Note that somebody is told why."""
    await kept.put(session, _name(mxid), now.isoformat())


def _name(mxid: str) -> str:
    return f"turned_away:{mxid}"
