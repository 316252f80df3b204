"""What a seat may agree to for its organisation (R6, b.7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.domain.calendar import at_wall_time
from bot.domain.expiry import told_at
from bot.domain.region import Forum, Mandate, Region
from bot.domain.seats import seat_in


def lowest(region: Region) -> str:
    """Give the kind of mandate that may only inform."""
    return min(region.mandate_kinds.values(), key=lambda kind: kind.rank).code


@dataclass(frozen=True)
class Term:
    """A mandate that ends: whose, in which forum, and the last day on which it holds."""

    forum: str
    function: str
    last_day: date

    def ends_at(self, region: Region) -> datetime:
        """Give the first moment, in UTC, at which it holds no more."""
        return at_wall_time(region, self.last_day + timedelta(days=1), time())

    def told_at(self, region: Region) -> datetime:
        """Tell when those who can renew it are told that it runs out (T18): the morning before."""
        return told_at(region, self.ends_at(region))


def terms(region: Region) -> Iterator[Term]:
    """Go through all mandates that end."""
    for forum in region.forums.values():
        for seat in forum.seats:
            if seat.mandate.last_day is not None:
                yield Term(forum.code, seat.function, seat.mandate.last_day)


def expired(region: Region, forum: Forum, function: str, on: date) -> date | None:
    """Tell which was the last day of a seat's mandate, if it has run out by that day."""
    seat = seat_in(region, forum, function)
    last_day = seat.mandate.last_day if seat else None
    return last_day if last_day is not None and on > last_day else None


def in_force(region: Region, mandate: Mandate, on: date) -> frozenset[str]:
    """Give the kinds the mandate holds on that day; past its last day it may inform only (b.2)."""
    if mandate.last_day is not None and on > mandate.last_day:
        return frozenset({lowest(region)})
    return mandate.kinds


def needed(region: Region, forum: Forum, kind: str) -> str | None:
    """Give the mandate that agreeing takes; None if the law no longer knows that kind.

    In a support forum no more is needed than to inform: what it says binds nobody (R7).
    """
    if forum.support_only:
        return lowest(region)
    known = region.agreement_kinds.get(kind)
    return known.needs if known else None


def may_agree(region: Region, forum: Forum, mandate: Mandate, kind: str, on: date) -> bool:
    """Tell whether a seat with that mandate may agree to that kind of agreement on that day."""
    needs = needed(region, forum, kind)
    if needs == lowest(region):
        return True
    return needs is not None and needs in in_force(region, mandate, on)
