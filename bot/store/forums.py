"""Forums opened while the bot runs, and what became of the law's own temporary ones (R23)."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import OpenedForum

CHANGED = "forums.changed"
"""Under this name a session says that what the law has in use is to be read anew."""


async def every(session: AsyncSession) -> list[OpenedForum]:
    """List them, those opened first first."""
    order = (col(OpenedForum.opened_at), col(OpenedForum.code))
    return list(await session.exec(select(OpenedForum).order_by(*order)))


async def by_code(session: AsyncSession, code: str) -> OpenedForum | None:
    """Find the forum's row; None for one of the law's whose end nobody has moved."""
    found = select(OpenedForum).where(OpenedForum.code == code)
    return (await session.exec(found)).one_or_none()


async def keep(session: AsyncSession, row: OpenedForum, now: datetime) -> None:
    """Keep a forum as it is from now on; its room is to be made as it says."""
    row.changed_at, row.built_at = now, None
    session.add(row)
    await session.flush()
    session.info[CHANGED] = True


async def unbuilt(session: AsyncSession) -> dict[str, datetime]:
    """Give the forums whose rooms are not known to be as wanted, and since when each is wanted."""
    left = select(OpenedForum).where(col(OpenedForum.built_at).is_(None))
    rows = await session.exec(left.order_by(col(OpenedForum.opened_at), col(OpenedForum.code)))
    return {row.code: row.changed_at for row in rows}


async def built(session: AsyncSession, code: str, wanted: datetime, now: datetime) -> None:
    """Note that the forum's room is as it has been wanted since then, if nothing came meanwhile."""
    row = await by_code(session, code)
    if row is not None and row.changed_at == wanted:
        row.built_at = now
        session.add(row)
