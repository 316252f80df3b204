"""Makes a meeting and its summons: somebody says so, or the law's cadence does (R1, R9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.asking.ask import Ring
from bot.domain.answer import Answer, InForum, Reply, Typed
from bot.domain.attendance import seat_facts
from bot.domain.calendar import local
from bot.domain.calling import SeatCall
from bot.domain.concerned import called
from bot.domain.model import Call, CallStep, Holding, Meeting, Summons
from bot.domain.region import Forum, Region, Seat
from bot.domain.summons import Roster, limits_for, mode_of, order
from bot.procedures.chairing import chaired
from bot.procedures.roll import Asking, Roll, Turns, know, roster_now, seat_call, status, write
from bot.procedures.turns import asks
from bot.procedures.ways import also
from bot.store import counters, deadlines, incidents, log, rooms

OPENS, ENDS = "meeting.opens", "meeting.ends"
"""The deadlines of a meeting; their subject is the meeting's id."""

REGISTER = "register.refresh"
"""The deadline at which a forum's register is written anew: it says when the forum meets next."""

MINUTE = timedelta(minutes=1)
AFTER_END = timedelta(minutes=30)
"""How long after its end a meeting may stay open before it is looked at."""


@dataclass(frozen=True)
class Wanted:
    """A meeting that is to be. `caller` is the holding by which somebody calls, None for time.

    `moved_from` is the holiday that it would have been on. `incident` is what it is about
    (H-2026-031), None for a meeting of the ordinary week.
    """

    forum: Forum
    starts_at: datetime
    ends_at: datetime
    purpose: str
    caller: Holding | None = None
    moved_from: date | None = None
    incident: str | None = None


async def summon(at: Asking, wanted: Wanted) -> tuple[Roll, list[Answer]]:
    """Make the meeting and call every seat; give the call, and what is to be said."""
    meeting = await _meeting(at, wanted)
    forum = await chaired(at, meeting, wanted.forum)
    roll = Roll(await _summons(at, meeting, wanted), meeting, forum, [])
    roster = await roster_now(at)
    await know(at, roll, roster)
    await _call_seats(at, roll, roster)
    turns = [(each, step) for each in roll.seats if (step := each.begin(at.now))]
    await write(at, roll)
    await deadlines.set_(at.session, OPENS, meeting.id, meeting.starts_at)
    await deadlines.set_(at.session, ENDS, meeting.id, looked_at(at.region, meeting))
    await deadlines.set_(at.session, REGISTER, roll.forum.code, at.now)
    await _note(at, roll, wanted)
    return roll, await _messages(at, roll, wanted, roster, turns)


def is_conference(region: Region, meeting: Meeting) -> bool:
    """Tell whether a meeting is one of the rhythm of something activated (R18)."""
    cooperation = region.cooperation
    return meeting.incident is not None and meeting.forum == (
        cooperation.conference or cooperation.contact
    )


def looked_at(region: Region, meeting: Meeting) -> datetime:
    """Tell when it is seen to that a meeting has ended; a conference keeps its time (T9)."""
    return meeting.ends_at + (timedelta(0) if is_conference(region, meeting) else AFTER_END)


async def _meeting(at: Asking, wanted: Wanted) -> Meeting:
    meeting = Meeting(
        id=await counters.next_id(at.session, "M", local(at.region, at.now).year),
        forum=wanted.forum.code,
        purpose=wanted.purpose,
        mode=mode_of(wanted.forum),
        starts_at=wanted.starts_at,
        ends_at=wanted.ends_at,
        incident=wanted.incident,
    )
    at.session.add(meeting)
    return meeting


async def _summons(at: Asking, meeting: Meeting, wanted: Wanted) -> Summons:
    limits = limits_for(at.region, wanted.forum, wanted.starts_at, at.now)
    summons = Summons(
        id=await counters.next_id(at.session, "KA", local(at.region, at.now).year),
        meeting=meeting.id,
        forum=meeting.forum,
        mode=limits.mode,
        made_at=at.now,
        made_by=wanted.caller.function if wanted.caller else None,
        first_minutes=limits.first // MINUTE,
        step_minutes=limits.step // MINUTE,
    )
    at.session.add(summons)
    return summons


async def _call_seats(at: Asking, roll: Roll, roster: Roster) -> None:
    """Call the forum's seats, and those whom the event concerns that it is about."""
    about = roll.meeting.incident
    actors = await incidents.concerned(at.session, about) if about else []
    await _add_calls(at, roll, roster, called(at.region, roll.forum, actors))


async def call_more(at: Asking, roll: Roll, seats: Sequence[Seat]) -> list[Answer]:
    """Call more seats to a meeting that has been called already; say how the call stands."""
    before = len(roll.seats)
    await _add_calls(at, roll, await roster_now(at), seats)
    added = roll.seats[before:]
    turns = [(each, step) for each in added if (step := each.begin(at.now))]
    await write(at, roll)
    for each in added:
        await log.append(
            at.session, "summons.added", roll.summons.id, happened_at=at.now, written_at=at.now,
            forum=roll.forum.code, function=each.seat.function,
            facts={"meeting": roll.meeting.id, "asked": _asked_now(each)},
        )  # fmt: skip
    return [*asks(at.region, roll, turns), *await also(at, roll, turns), status(at.region, roll)]


def _asked_now(each: SeatCall) -> list[str]:
    return [step.mxid for step in each.steps if step.asked_at]


async def _add_calls(at: Asking, roll: Roll, roster: Roster, seats: Sequence[Seat]) -> None:
    calls = [
        Call(
            summons=roll.summons.id,
            function=seat.function,
            represents=list(seat.represents),
            required=seat.required,
            functions=list(order(at.region, roll.forum, seat, at.now)),
        )
        for seat in seats
    ]
    at.session.add_all(calls)
    await at.session.flush()
    roll.seats += [seat_call(at, roll, call, roster, []) for call in calls]


async def _note(at: Asking, roll: Roll, wanted: Wanted) -> None:
    caller = wanted.caller
    steps = [step for each in roll.seats for step in each.steps if step.asked_at]
    asked = [[step.function, step.rank, step.mxid] for step in steps]
    await log.append(
        at.session,
        "summons.made",
        roll.summons.id,
        happened_at=at.now,
        written_at=at.now,
        forum=roll.forum.code,
        function=caller.function if caller else None,
        mxid=caller.mxid if caller else None,
        facts={
            "meeting": roll.meeting.id,
            "starts_at": roll.meeting.starts_at.isoformat(),
            "mode": roll.summons.mode,
            "asked": asked,
            **({} if isinstance(at, Ring) else {"proof": at.origin}),
        },
    )


async def _messages(
    at: Asking, roll: Roll, wanted: Wanted, roster: Roster, turns: Turns
) -> list[Answer]:
    """Say it once in the room, and directly to each who is not in it or stands in for another.

    What is urgent goes by more than one way: also directly to who is in it and has a direct room.
    """
    room = await rooms.by_key(at.session, f"forum:{roll.forum.code}")
    inside = await rooms.joined(at.session, room.room_id) if room else set()
    if roll.urgent:
        inside -= await rooms.with_direct(at.session, inside)
    own = [step.mxid for each, step in turns if _is_own(each, step)]
    away = [(e, s) for e, s in turns if s.mxid not in inside or not _is_own(e, s)]
    chair = [held.mxid for held in roster.get(roll.forum.chair, ()) if held.rank == 1]
    mention = tuple(dict.fromkeys((*own, *chair)))
    others = await also(at, roll, turns)
    return [_called(at, roll, wanted, mention), *asks(at.region, roll, away), *others]


def _is_own(each: SeatCall, step: CallStep) -> bool:
    """Tell whether somebody is asked as the holder of the seat's own function."""
    return step.function == each.seat.function and step.rank == 1


def _called(at: Asking, roll: Roll, wanted: Wanted, mention: tuple[str, ...]) -> Reply:
    summons, caller = roll.summons, wanted.caller
    facts = {
        "id": summons.id,
        "forum": roll.forum.code,
        "meeting": roll.meeting.id,
        "incident": roll.meeting.incident,
        "expected": list(roll.forum.may_agree) if roll.meeting.incident else [],
        "starts": roll.meeting.starts_at,
        "moved_from": wanted.moved_from,
        "purpose": Typed(roll.meeting.purpose),
        "minutes": summons.first_minutes,
        "until": summons.made_at + timedelta(minutes=summons.first_minutes),
        "chair": roll.forum.chair,
        "by": caller.function if caller else None,
        "by_rank": caller.rank if caller else None,
        "seats": [seat_facts(at.region, roll.seats, each) for each in roll.seats],
    }
    return Reply(
        "summons/called",
        facts,
        to=InForum(roll.forum.code),
        mention=mention,
        call=True,
        tap="✅",
        subject=f"summons:{summons.id}",
    )
