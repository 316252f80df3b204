"""How a call stands, seat by seat, as facts for the words: before a meeting, and at its opening.

Every seat stands in exactly one group. A seat counts as present when somebody has answered for it
and is in the room; who has answered and is not there is said as that, and silence never counts
(R4, R10, R11).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from bot.domain.answer import Facts
from bot.domain.calling import SeatCall
from bot.domain.engaged import engaged
from bot.domain.model import CallState, StepState
from bot.domain.region import Region
from bot.domain.silences import Silence
from bot.domain.spoken import spoken_of

Group = list[Facts]


@dataclass
class Standing:
    """The seats of a call by how they stand."""

    total: int
    answered: int = 0
    attending: int = 0
    deputies: Group = field(default_factory=list)
    elsewhere: Group = field(default_factory=list)
    later: Group = field(default_factory=list)
    """Who has said that they come, and when, and is not there yet (`coming_at`)."""
    speaking: Group = field(default_factory=list)
    """The seats that somebody answers for, and is there for, and that represent others (R2)."""
    waiting: Group = field(default_factory=list)
    sought: Group = field(default_factory=list)
    prevented: Group = field(default_factory=list)
    spoken: Group = field(default_factory=list)
    """Those for whom somebody else has answered, in their stead."""
    not_reached: Group = field(default_factory=list)
    unmanned: Group = field(default_factory=list)
    changes: Group = field(default_factory=list)
    """Who has come to have a function since the call was made, and is not asked (R1)."""
    away: Group = field(default_factory=list)
    """By silent homeserver: the functions that nobody answers for because of it, and since when."""

    @property
    def present(self) -> int:
        """Count the seats that somebody answers for and is there for, where that is known."""
        return self.answered - len(self.elsewhere) - len(self.later) - len(self.spoken)

    @property
    def settled(self) -> bool:
        """Tell whether nobody is waited for any more."""
        return not self.waiting and not self.sought


def seat_facts(region: Region, seats: Sequence[SeatCall], each: SeatCall) -> Facts:
    """Give a seat's facts. `represents` lists other organisations than its own (R2).

    `twice`: its organisation has another seat here, so that its role must be said.
    """
    homes = Counter(region.functions[seat.seat.function].organisation for seat in seats)
    home = region.home_of(each.seat.function).code
    others = [code for code in each.seat.represents if code != home]
    call = each.call
    return {
        "spoken": spoken_of(call.said_by, call.said_how, read_back=call.read_back),
        "function": each.seat.function,
        "required": each.seat.required,
        "concerned": each.seat.concerned,
        "represents": others,
        "twice": homes[home] > 1,
        "unmanned": each.call.state == CallState.UNMANNED,
    }


def standing(
    region: Region,
    seats: Sequence[SeatCall],
    in_room: Collection[str] | None = None,
    involved: Collection[str] = (),
) -> Standing:
    """Sort the seats by how they stand; with `in_room` (mxids), also who is in the room.

    `involved` are the organisations that the event takes up, by code.
    """
    now = Standing(total=len(seats))
    for each in seats:
        who = each.asking.function if each.asking else each.call.answered_as
        busy = engaged(region, seats, each, who, involved)
        seat = {**seat_facts(region, seats, each), "engaged": busy}
        _place(now, each, seat, in_room)
        now.changes += [{**seat, **it} for it in _changed(each)]
    now.away = away_facts((each.seat.function, each.away) for each in seats)
    return now


def away_facts(seats: Iterable[tuple[str, Silence | None]]) -> Group:
    """Name the seats that are not reached because of a silent homeserver, by homeserver."""
    found: dict[Silence, list[str]] = {}
    for function, silence in seats:
        if silence is not None:
            found.setdefault(silence, []).append(function)
    return [
        {"functions": functions, "since": silence.since, "until": silence.until}
        for silence, functions in found.items()
    ]


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
    call = each.call
    if call.said_by:
        now.spoken.append(seat)
        return
    who = {"as_function": call.answered_as, "rank": call.rank, "coming_at": call.coming_at}
    deputy = call.answered_as != each.seat.function or call.rank != 1
    there = in_room is None or call.answered_by in in_room
    if call.coming_at and not (in_room and there):
        now.later.append({**seat, **who})
    elif not there:
        now.elsewhere.append({**seat, **who, "deputy": deputy})
    if there and deputy:
        now.deputies.append({**seat, **who})
    if there and seat["represents"]:
        now.speaking.append({**seat, **who})


def _changed(each: SeatCall) -> Group:
    """Name the functions that somebody has now who is not in the chain; each once."""
    if each.reached and each.holds_still:
        return []
    functions = dict.fromkeys(link.function for link in each.newcomers)
    return [{"as_function": code, "reached": each.reached} for code in functions]


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
        "gone": each.link_of(before.mxid) is None and before.state != StepState.SILENT,
        "asked_at": before.asked_at,
        "until": before.due_at,
        "away": silence_facts(each.away_while(before)),
    }


def silence_facts(silence: Silence | None) -> Facts | None:
    """Tell from when until when a homeserver was silent."""
    return {"since": silence.since, "until": silence.until} if silence else None


def not_authorities(
    region: Region, seats: Sequence[SeatCall], functions_in_room: Collection[str]
) -> list[str]:
    """List the organisations at the table that are no authorities, in the law's order (R20)."""
    there = {each.seat.function for each in seats if each.reached} | set(functions_in_room)
    homes = {region.home_of(function).code for function in there if function in region.functions}
    return [
        code for code, home in region.organisations.items() if code in homes and not home.authority
    ]
