"""Single values by name, such as the place in the sync stream."""

from __future__ import annotations

from collections.abc import Collection

from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import Kept
from bot.store.portions import portions


async def get(session: AsyncSession, key: str) -> str | None:
    """Give the value kept under that name, or None."""
    kept = await _find(session, key)
    return None if kept is None else kept.value


async def beginning(session: AsyncSession, prefix: str) -> dict[str, str]:
    """Give every value whose name begins so, by its whole name."""
    found = select(Kept).where(col(Kept.key).startswith(prefix, autoescape=True))
    return {each.key: each.value for each in await session.exec(found)}


async def among(session: AsyncSession, keys: Collection[str]) -> dict[str, str]:
    """Give those of these values that are kept, by their names."""
    found: dict[str, str] = {}
    for some in portions(keys):
        rows = await session.exec(select(Kept).where(col(Kept.key).in_(some)))
        found |= {each.key: each.value for each in rows}
    return found


async def put(session: AsyncSession, key: str, value: str) -> None:
    """Keep the value under that name, instead of any other."""
    kept = await _find(session, key)
    if kept is None:
        session.add(Kept(key=key, value=value))
    else:
        kept.value = value


async def drop(session: AsyncSession, key: str) -> None:
    """Keep nothing under that name any more."""
    await session.exec(delete(Kept).where(col(Kept.key) == key))


async def _find(session: AsyncSession, key: str) -> Kept | None:
    """Find the row of that name."""
    return (await session.exec(select(Kept).where(Kept.key == key))).one_or_none()
