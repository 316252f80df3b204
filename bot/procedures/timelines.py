"""The timeline of an exercise, from what was asked and answered in it (R22)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.answer import Typed
from bot.domain.exercises import twin
from bot.domain.model import HeldExercise
from bot.domain.region import Region, everything
from bot.domain.timelines import Span, facts_of, picture, rows
from bot.store import practised


async def timeline(session: AsyncSession, region: Region, row: HeldExercise) -> dict[str, Any]:
    """Give what an exercise took, by organisation, as what is said and what is drawn."""
    world = region if region.exercise else everything(region.exercises)[row.code]
    forums = [twin(row.code, code) for code in row.forums]
    ended: datetime = row.ended_at or row.started_at
    spans = [
        *_of(world, await practised.calls(session, forums), "acknowledged"),
        *_of(world, await practised.starts(session, forums), "started"),
        *_of(world, await practised.positions(session, forums), "decided"),
        *[Span(*one) for one in await practised.homes(session, forums)],
    ]
    there = rows(spans, row.started_at, world.organisations)
    names = {code: it.name for code, it in world.organisations.items()}
    return {
        "exercise": row.code,
        "title": Typed(row.title),
        "began": row.started_at,
        "ended": ended,
        "rows": [facts_of(each) for each in there],
        "picture": picture(there, names, ended - row.started_at, row.title),
    }


def _of(world: Region, asked: Iterable[practised.Asked], kind: str) -> Iterator[Span]:
    """Make spans of what was asked of functions."""
    for function, at, done in asked:
        if function in world.functions:
            yield Span(world.home_of(function).code, kind, at, done)
