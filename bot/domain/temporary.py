"""A temporary forum: what it is opened as, when its end is asked about, when it is over (R23)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.domain.calendar import at_wall_time
from bot.domain.mandates import lowest
from bot.domain.model.forums import OpenedForum
from bot.domain.region import Forum, Mandate, Names, Region, Seat, Temporary

ASKED_AT = time(9)
"""The local time of day at which its end is asked about."""
ASKED = (-7, 0, 2)
"""On which days, counted from the last one; then every week, until somebody answers."""
WEEK = 7


@dataclass(frozen=True)
class Order:
    """What a temporary forum is opened as; the region file's law fills in the rest.

    `owner` leads it, `members` are the functions that sit there, `ordered_by` the forum that
    wants its result, which goes to `result_to`.
    """

    code: str
    name: str
    purpose: str
    owner: str
    members: tuple[str, ...]
    ordered_by: str
    result_to: str

    def kept(self) -> dict[str, Any]:
        """Write it as the history keeps it."""
        return {**vars(self), "members": list(self.members)}


def order_of(kept: Mapping[str, Any]) -> Order:
    """Read what `kept` wrote."""
    return Order(**{**kept, "members": tuple(kept["members"])})


def forum_of(region: Region, order: Order, ends: date) -> Forum | None:
    """Make the forum: on the level of the one that ordered it, by that one's rules.

    It proposes and closes nothing (R7): nobody there may do more than inform. Functions that the
    law no longer has are left out; None when the law has lost its owner or who ordered it.
    """
    above = region.forums.get(order.ordered_by)
    if above is None or order.owner not in region.functions:
        return None
    mandate = Mandate(frozenset({lowest(region)}))
    return Forum(
        code=order.code,
        names=Names({region.language: order.name}),
        level=above.level,
        purpose=order.purpose,
        chair=order.owner,
        vice_chair=None,
        secretary=None,
        may_convene=frozenset({order.owner}),
        may_request=above.may_request,
        may_agree=(),
        seats=tuple(
            _seat(region, function, mandate)
            for function in order.members
            if function in region.functions
        ),
        agenda=above.agenda,
        info_class_max=above.info_class_max,
        escalates_to=order.ordered_by,
        support_only=True,
        temporary=Temporary(order.ordered_by, ends, order.result_to),
    )


def _seat(region: Region, function: str, mandate: Mandate) -> Seat:
    home = region.home_of(function)
    return Seat(function, (home.code,), mandate, coopted=home.coopted_only)


def without_receiver(region: Region, members: Sequence[str], level: str) -> list[str]:
    """List the members' organisations that nobody at home receives for from that level (R29)."""
    homes = dict.fromkeys(region.home_of(function).code for function in members)
    return [code for code in homes if (code, level) not in region.receivers]


def forums_now(region: Region, rows: Sequence[OpenedForum]) -> tuple[dict[str, Forum], ...]:
    """Give the forums in use, and those that have been closed, by code.

    `region.forums` may hold anything; the region file's are read from `law`. One of the law's is
    in use again when the file gives it a later end than the one at which it was closed.
    """
    law: Mapping[str, Forum] = getattr(region.forums, "law", region.forums)
    used, closed = dict(law), {}
    for row in rows:
        forum = _standing(region, law.get(row.code), row)
        if forum is None:
            continue
        if row.closed_at is None or forum is law.get(row.code):
            used[row.code] = forum
        else:
            used.pop(row.code, None)
            closed[row.code] = forum
    return used, closed


def _standing(region: Region, own: Forum | None, row: OpenedForum) -> Forum | None:
    """Give a row's forum as it now is; the law's own where the row does not matter any more."""
    if own is not None:
        ends = own.temporary.ends if own.temporary else None
        if own.temporary is None or ends is None or ends > row.ends:
            return own
        return replace(own, temporary=replace(own.temporary, ends=row.ends))
    if row.definition is None:
        return None
    return forum_of(region, order_of(row.definition), row.ends)


def _days(ends: date) -> Iterator[date]:
    """Go through the days on which the end is asked about, for ever."""
    yield from (ends + timedelta(days=days) for days in ASKED)
    weeks = 1
    while True:
        yield ends + timedelta(days=WEEK * weeks)
        weeks += 1


def next_question(region: Region, ends: date, asked: datetime | None, now: datetime) -> datetime:
    """Tell when the end is to be asked about next; `asked` is when it last was, or None.

    One whose day has passed unasked is asked about now, and only once for all that was missed.
    """
    last = None
    for day in _days(ends):
        at = at_wall_time(region, day, ASKED_AT)
        if at > now:
            missed = last is not None and (asked is None or asked < last)
            return now if missed else at
        last = at
    raise AssertionError("the days never end")
