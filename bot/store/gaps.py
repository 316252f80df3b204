"""Gaps that are meant, and those that have been told of."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.manning import Gap
from bot.domain.model import PlannedGap
from bot.store import kept

TOLD = "gaps.told"
"""Under this name the gaps are kept that there were at the last look."""


async def planned(session: AsyncSession, since: datetime) -> list[PlannedGap]:
    """List the gaps on purpose that are not over by then and count, the earliest first."""
    left = select(PlannedGap).where(
        col(PlannedGap.withdrawn_at).is_(None), col(PlannedGap.ends) > since
    )
    order = (col(PlannedGap.starts), col(PlannedGap.id))
    return list(await session.exec(left.order_by(*order)))


async def of(session: AsyncSession, function: str, since: datetime) -> list[PlannedGap]:
    """List a function's gaps on purpose that are not over."""
    return [each for each in await planned(session, since) if each.function == function]


async def told(session: AsyncSession) -> list[Gap]:
    """List the gaps that there were at the last look."""
    rows = json.loads(await kept.get(session, TOLD) or "[]")
    return [
        Gap(function, datetime.fromisoformat(starts), datetime.fromisoformat(ends), deputies)
        for function, starts, ends, deputies in rows
    ]


async def keep_told(session: AsyncSession, found: Iterable[Gap]) -> None:
    """Keep the gaps there are now, instead of those before."""
    rows = [
        [each.function, each.starts.isoformat(), each.ends.isoformat(), each.deputies]
        for each in found
    ]
    await kept.put(session, TOLD, json.dumps(rows))
