"""Numbers short enough to say over radio: OV-2026-014."""

from __future__ import annotations

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import Counter

DIGITS = {"AF": 4}
"""Carry-backs are many; everything else has three digits. Either grows when it must."""


async def next_id(session: AsyncSession, kind: str, year: int) -> str:
    """Give out the next id of that kind in that year: "OV-2026-014"."""
    asked = select(Counter).where(Counter.kind == kind, Counter.year == year)
    counter = (await session.exec(asked)).one_or_none()
    if counter is None:
        counter = Counter(kind=kind, year=year, last=0)
        session.add(counter)
    counter.last += 1
    return f"{kind}-{year}-{counter.last:0{DIGITS.get(kind, 3)}}"
