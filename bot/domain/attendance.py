"""How a call stands, seat by seat, as facts for the words: before a meeting, and at its opening.

Every seat stands in exactly one group. A seat counts as present when somebody has answered for it
and is in the room; who has answered and is not there is said as that, and silence never counts
(R4, R10, R11).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from bot.domain.answer import Facts
from bot.domain.calling import SeatCall
from bot.domain.model import CallState, StepState
from bot.domain.region import Region

Group = list[Facts]


@dataclass
class Standing:
    """The seats of a call by how they stand."""

    total: int
    answered: int = 0
    attending: int = 0
    deputies: Group = field(default_factory=list)
    elsewhere: Group = field(default_factory=list)
    waiting: Group = field(default_factory=list)
    sought: Group = field(default_factory=list)
    prevented: Group = field(default_factory=list)
    not_reached: Group = field(default_factory=list)
    unmanned: Group = field(default_factory=list)

    @property
    def settled(self) -> bool:
        """Tell whether nobody is waited for any more."""
        return not self.waiting and not self.sought


def seat_facts(region: Region, seats: Sequence[SeatCall], each: SeatCall) -> Facts:
    """Give a seat's facts. `represents` counts other organisations than its own.

    `twice`: its organisation has another seat here, so that its role must be said.
    """
    homes = Counter(region.functions[seat.seat.function].organisation for seat in seats)
    home = region.home_of(each.seat.function).code
    others = sum(code != home for code in each.seat.represents)
    return {
        "function": each.seat.function,
        "required": each.seat.required,
        "represents": others,
        "twice": homes[home] > 1,
        "unmanned": each.call.state == CallState.UNMANNED,
    }


def standing(
    region: Region, seats: Sequence[SeatCall], in_room: Collection[str] | None = None
) -> Standing:
    """Sort the seats by how they stand; with `in_room` (mxids), also who is in the room."""
    now = Standing(total=len(seats))
    for each in seats:
        _place(now, each, seat_facts(region, seats, each), in_room)
    return now


def _place(now: Standing, each: SeatCall, seat: Facts, in_room: Collection[str] | None) -> None:
    if each.reached:
        now.answered += 1
        now.attending += each.call.state == CallState.ATTENDING
        _place_reached(now, each, seat, in_room)
    elif each.asking:
        group = now.sought if each.before or each.call.state == CallState.UNMANNED else now.waiting
        group.append({**seat, **_search(each)})
    else:
        ends = {CallState.PREVENTED: now.prevented, CallState.UNMANNED: now.unmanned}
        ends.get(CallState(each.call.state), now.not_reached).append(seat)


def _place_reached(
    now: Standing, each: SeatCall, seat: Facts, in_room: Collection[str] | None
) -> None:
    who = {"as_function": each.call.answered_as, "rank": each.call.rank}
    deputy = each.call.answered_as != each.seat.function or each.call.rank != 1
    if in_room is not None and each.call.answered_by not in in_room:
        now.elsewhere.append({**seat, **who, "deputy": deputy})
    elif deputy:
        now.deputies.append({**seat, **who})


def _search(each: SeatCall) -> Facts:
    """Tell who is asked for a seat now, and what became of the one asked before."""
    current, before = each.asking, each.before
    assert current is not None  # noqa: S101 - the caller looked
    return {
        "asked": {"function": current.function, "rank": current.rank, "until": current.due_at},
        "before": before_facts(each) if before else None,
    }


def before_facts(each: SeatCall) -> Facts | None:
    """Tell what became of the one asked before the one who is asked now; None for the first."""
    before = each.before
    if before is None:
        return None
    return {
        "function": before.function,
        "rank": before.rank,
        "prevented": before.state == StepState.PREVENTED,
        "asked_at": before.asked_at,
        "until": before.due_at,
    }


def not_authorities(
    region: Region, seats: Sequence[SeatCall], functions_in_room: Collection[str]
) -> list[str]:
    """List the organisations at the table that are no authorities, in the law's order (R20)."""
    there = {each.seat.function for each in seats if each.reached} | set(functions_in_room)
    homes = {region.home_of(function).code for function in there if function in region.functions}
    return [
        code for code, home in region.organisations.items() if code in homes and not home.authority
    ]
