"""Gaps to come in the rosters, and which of them are news (R1).

A duty function is kept round the clock: any minute without a holder is a gap. A post is looked at
where a forum meets by its calendar and needs it: only a gap in which such a meeting begins counts.
What is unmanned on purpose is no gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.calendar import occurrences
from bot.domain.manning import Gap, gaps
from bot.domain.model import Holding, PlannedGap
from bot.domain.region import FunctionKind, Mode, Region

AHEAD = timedelta(days=14)
"""How far ahead it is looked."""


@dataclass(frozen=True)
class Meets:
    """A forum's meeting that needs a function."""

    forum: str
    starts: datetime


@dataclass(frozen=True)
class Missing:
    """A gap, and the first meeting that it leaves without the function, if that is a post's."""

    gap: Gap
    meets: Meets | None = None


def ahead(
    region: Region, periods: Sequence[Holding], planned: Iterable[PlannedGap], now: datetime
) -> list[Missing]:
    """List the gaps of the next fortnight, by function in the order of the law."""
    until, meant = now + AHEAD, list(planned)
    needed = _needed(region, now, until)
    found = []
    for code, function in region.functions.items():
        duty = function.kind is FunctionKind.DUTY
        if not duty and code not in needed:
            continue
        for gap in _not_meant(gaps(periods, (), [code], now, until), meant):
            meets = next((it for it in needed.get(code, ()) if _within(it, gap)), None)
            if duty or meets:
                found.append(Missing(gap, None if duty else meets))
    return found


def news(found: Iterable[Missing], told: Iterable[Gap]) -> list[Missing]:
    """Leave out the gaps that were told of: a gap that has grown or begun is the same one.

    One that a deputy stood in for and now nobody does is another.
    """
    known = list(told)
    return [each for each in found if not any(_is_same(each.gap, other) for other in known)]


def planned_at(planned: Iterable[PlannedGap], function: str, at: datetime) -> PlannedGap | None:
    """Find what is said of a function's being unmanned on purpose at that moment."""
    return next(
        (it for it in planned if it.function == function and it.starts <= at < it.ends), None
    )


def _is_same(one: Gap, other: Gap) -> bool:
    alike = (one.function, one.deputies) == (other.function, other.deputies)
    return alike and one.starts <= other.ends and other.starts <= one.ends


def _not_meant(found: Iterable[Gap], planned: Sequence[PlannedGap]) -> Iterator[Gap]:
    """Cut out of the gaps what is on purpose."""
    for gap in found:
        left = [gap]
        for meant in planned:
            if meant.function == gap.function:
                left = [piece for each in left for piece in _without(each, meant)]
        yield from left


def _without(gap: Gap, meant: PlannedGap) -> Iterator[Gap]:
    if meant.ends <= gap.starts or gap.ends <= meant.starts:
        yield gap
        return
    if gap.starts < meant.starts:
        yield replace(gap, ends=meant.starts)
    if meant.ends < gap.ends:
        yield replace(gap, starts=meant.ends)


def _needed(region: Region, since: datetime, until: datetime) -> dict[str, list[Meets]]:
    """Give the meetings of the time ahead that need each function, the first first."""
    needed: dict[str, list[Meets]] = {}
    for forum in region.forums.values():
        cadence = forum.cadence.get(Mode.ORDINARY)
        for fallen in occurrences(region, cadence, since, until) if cadence else ():
            for seat in forum.seats:
                if seat.required:
                    needed.setdefault(seat.function, []).append(Meets(forum.code, fallen.starts))
    return {code: sorted(them, key=lambda it: it.starts) for code, them in needed.items()}


def _within(meeting: Meets, gap: Gap) -> bool:
    return gap.starts <= meeting.starts < gap.ends
