"""Who has a function at a time to come: said when somebody is away, or is so no more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from bot.asking.ask import Ask
from bot.domain.answer import Answer, Direct, Facts, Reply, Typed
from bot.domain.gaps import AHEAD
from bot.domain.manning import Gap, gaps
from bot.domain.model import Holding
from bot.store import holdings


async def asked_first(ask: Ask, function: str, at: datetime) -> str | None:
    """Give who is asked first for a function then, by mxid."""
    there = await holdings.holders(ask.session, function, at)
    return there[0].mxid if there else None


async def manned(ask: Ask, function: str, at: datetime) -> dict[str, Any]:
    """Tell who has a function then, and who follows; the contact point is who is asked at last."""
    there = await holdings.holders(ask.session, function, at)
    contact = ask.region.home_of(function).contact_point
    last = [] if contact == function else await holdings.holders(ask.session, contact, at)
    return {
        "function": function,
        "holder": next((Typed(it.name) for it in there if it.rank == 1), None),
        "deputies": [Typed(it.name) for it in there if it.rank > 1],
        "contact": contact if last else None,
        "contact_name": Typed(last[0].name) if last else None,
    }


async def first_gap(
    ask: Ask, function: str, at: datetime, ends: datetime | None
) -> dict[str, datetime | None] | None:
    """Give the first time up to an end in which nobody at all has it; None where there is none.

    Without an end it is looked a fortnight ahead, and what goes on beyond that has no end.
    """
    until = ends or at + AHEAD
    periods: list[Holding] = await holdings.of(ask.session, function)
    found = gaps(periods, (), [function], at, until)
    first: Gap | None = next((it for it in found if not it.deputies), None)
    if first is None:
        return None
    over = None if ends is None and first.ends == until else first.ends
    return {"starts": first.starts, "ends": over}


def to_each(ask: Ask, name: str, facts: Facts, whom: Iterable[str | None]) -> list[Answer]:
    """Say it to who asked and, in the same words, to each of the others it is about (R12)."""
    others = [it for it in dict.fromkeys(whom) if it and it != ask.mxid]
    told = (Reply(name, facts, to=Direct(it), mention=(it,), call=True) for it in others)
    return [Reply(name, facts), *told]
