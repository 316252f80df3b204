"""Which encrypted messages have been heard, whatever event they came in."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import HeardKey
from bot.domain.numbers import Run
from bot.store.portions import portions


async def heard(session: AsyncSession, keys: Collection[str]) -> dict[str, list[Run]]:
    """Tell which numbers have been heard of each of these keys."""
    found: dict[str, list[Run]] = {}
    for some in portions(keys):
        rows = await session.exec(select(HeardKey).where(col(HeardKey.key).in_(some)))
        found |= {row.key: [*row.numbers] for row in rows}
    return found


async def keep(session: AsyncSession, numbers: Mapping[str, list[Run]]) -> None:
    """Keep which numbers of these keys have been heard by now."""
    for key, runs in numbers.items():
        row = await session.get(HeardKey, key) or HeardKey(key=key, numbers=[])
        row.numbers = [[*run] for run in runs]
        session.add(row)
    await session.flush()
