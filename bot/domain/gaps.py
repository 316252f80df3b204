"""Gaps to come in the rosters, and which of them are news (R1).

A duty function is kept round the clock: any minute without a holder is a gap. A post is looked at
where a forum meets by its calendar and needs it: only a gap in which such a meeting begins counts.
What is unmanned on purpose is no gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.domain.calendar import occurrences
from bot.domain.manning import Gap, gaps
from bot.domain.model import Holding, PlannedGap
from bot.domain.region import FunctionKind, Mode, Region

AHEAD = timedelta(days=14)
"""How far ahead it is looked."""

FOR_EVER = datetime.max.replace(tzinfo=UTC)
"""The end of a gap of which no end was in sight when it was told of."""


@dataclass(frozen=True)
class Meets:
    """A forum's meeting that needs a function."""

    forum: str
    starts: datetime


@dataclass(frozen=True)
class Missing:
    """A gap, and if it is a post's the meetings that it leaves without the function.

    `grown`: it is what has been added to a gap that was told of.
    """

    gap: Gap
    meetings: tuple[Meets, ...] = ()
    grown: bool = False

    @property
    def meets(self) -> Meets | None:
        """Give the first of those meetings."""
        return self.meetings[0] if self.meetings else None


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
            meetings = tuple(it for it in needed.get(code, ()) if _within(it, gap))
            if duty or meetings:
                found.append(Missing(gap, () if duty else meetings))
    return found


def news(found: Iterable[Missing], told: Iterable[Gap]) -> list[Missing]:
    """Leave out what was told of: of a gap that has grown only what is added is news.

    One that a deputy stood in for and now nobody does is another. A post's gap has grown where one
    more meeting falls in it.
    """
    known = list(told)
    return [new for each in found for new in _untold(each, known)]


def as_told(gap: Gap, now: datetime) -> Gap:
    """Give a gap as it is told of now: one that goes on beyond what is looked at has no end."""
    return replace(gap, ends=FOR_EVER) if gap.ends >= now + AHEAD else gap


def planned_at(planned: Iterable[PlannedGap], function: str, at: datetime) -> PlannedGap | None:
    """Find what is said of a function's being unmanned on purpose at that moment."""
    return next(
        (it for it in planned if it.function == function and it.starts <= at < it.ends), None
    )


def _untold(missing: Missing, told: Sequence[Gap]) -> Iterator[Missing]:
    """Cut out of a gap what was told of."""
    whole = missing.gap
    left = [whole]
    for other in told:
        if (whole.function, whole.deputies) == (other.function, other.deputies):
            left = [piece for each in left for piece in _without(each, other)]
    for gap in left:
        meetings = tuple(it for it in missing.meetings if _within(it, gap))
        if meetings or not missing.meetings:
            yield Missing(gap, meetings, grown=gap != whole)


def _not_meant(found: Iterable[Gap], planned: Sequence[PlannedGap]) -> Iterator[Gap]:
    """Cut out of the gaps what is on purpose."""
    for gap in found:
        left = [gap]
        for meant in planned:
            if meant.function == gap.function:
                left = [piece for each in left for piece in _without(each, meant)]
        yield from left


def _without(gap: Gap, cut: Gap | PlannedGap) -> Iterator[Gap]:
    if cut.ends <= gap.starts or gap.ends <= cut.starts:
        yield gap
        return
    if gap.starts < cut.starts:
        yield replace(gap, ends=cut.starts)
    if cut.ends < gap.ends:
        yield replace(gap, starts=cut.ends)


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
