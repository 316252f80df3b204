"""Single values by name, such as the place in the sync stream."""

from __future__ import annotations

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import Kept


async def get(session: AsyncSession, key: str) -> str | None:
    """Give the value kept under that name, or None."""
    kept = await _find(session, key)
    return None if kept is None else kept.value


async def put(session: AsyncSession, key: str, value: str) -> None:
    """Keep the value under that name, instead of any other."""
    kept = await _find(session, key)
    if kept is None:
        session.add(Kept(key=key, value=value))
    else:
        kept.value = value


async def _find(session: AsyncSession, key: str) -> Kept | None:
    """Find the row of that name."""
    return (await session.exec(select(Kept).where(Kept.key == key))).one_or_none()
