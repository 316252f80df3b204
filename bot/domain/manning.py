"""Where a roster has holes and doubles: gaps, overlaps, and when the last known holder ends."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from bot.domain.holdings import in_force, in_order, resolved
from bot.domain.model import Holding, Override


@dataclass(frozen=True)
class Gap:
    """A time in which a function has no holder; `deputies`: somebody of a lower rank is there."""

    function: str
    starts: datetime
    ends: datetime
    deputies: bool


@dataclass(frozen=True)
class Overlap:
    """A time in which several have the same place; `mxids` in the order in which they count."""

    function: str
    rank: int
    starts: datetime
    ends: datetime
    mxids: tuple[str, ...]


S = TypeVar("S", Gap, Overlap)


def gaps(
    holdings: Iterable[Holding],
    overrides: Iterable[Override],
    functions: Iterable[str],
    since: datetime,
    until: datetime,
) -> list[Gap]:
    """List the times from `since` up to `until` in which those functions have no holder."""
    periods = resolved(holdings, overrides)
    found = []
    for function in functions:
        own = [held for held in periods if held.function == function]
        found += _joined(_gaps(function, own, since, until))
    return found


def overlaps(
    holdings: Iterable[Holding],
    overrides: Iterable[Override],
    since: datetime,
    until: datetime,
) -> list[Overlap]:
    """List the times from `since` up to `until` in which somebody shares a place."""
    periods = resolved(holdings, overrides)
    found = []
    for place, rows in itertools.groupby(periods, key=lambda held: (held.function, held.rank)):
        found += _joined(_overlaps(place, list(rows), since, until))
    return found


def known_until(periods: Iterable[Holding], function: str) -> datetime | None:
    """Tell when the last known holder (rank 1) of a function ends; None for never, or nobody."""
    ends = [held.ends for held in periods if held.function == function and held.rank == 1]
    return None if None in ends else max((at for at in ends if at is not None), default=None)


def _gaps(function: str, own: Sequence[Holding], since: datetime, until: datetime) -> Iterator[Gap]:
    for starts, ends in _stretches(own, since, until):
        there = [held for held in own if in_force(held, starts)]
        if not any(held.rank == 1 for held in there):
            yield Gap(function, starts, ends, bool(there))


def _overlaps(
    place: tuple[str, int], own: Sequence[Holding], since: datetime, until: datetime
) -> Iterator[Overlap]:
    for starts, ends in _stretches(own, since, until):
        there = in_order(held for held in own if in_force(held, starts))
        mxids = tuple(dict.fromkeys(held.mxid for held in there))
        if len(mxids) > 1:
            yield Overlap(*place, starts, ends, mxids)


def _stretches(
    periods: Iterable[Holding], since: datetime, until: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """Part the time where somebody begins or ends; within a stretch, nothing changes."""
    turns = {at for held in periods for at in (held.starts, held.ends) if at is not None}
    inside = sorted(at for at in turns if since < at < until)
    return itertools.pairwise([since, *inside, until])


def _joined(stretches: Iterable[S]) -> list[S]:
    """Join stretches that follow each other and say the same."""
    found: list[S] = []
    for each in stretches:
        last = found[-1] if found else None
        if (
            last
            and last.ends == each.starts
            and replace(last, ends=each.ends) == replace(each, starts=last.starts)
        ):
            found[-1] = replace(last, ends=each.ends)
        else:
            found.append(each)
    return found
