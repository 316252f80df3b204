"""A summons with the chain of every seat: read, let time pass in, written back, told of.

Stands below commands and deadlines because both of them change it, and neither knows the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.asking.ask import Ask, Ring
from bot.domain.answer import Answer, Direct, InForum, Reply, Typed
from bot.domain.attendance import before_facts, standing
from bot.domain.calling import SeatCall
from bot.domain.model import Call, CallState, CallStep, Meeting, MeetingState, StepState, Summons
from bot.domain.region import Forum, Mandate, Region, Seat
from bot.domain.summons import Roster, by_function, chain, frozen_limits
from bot.store import deadlines, holdings, log, meetings, summonses

STEP = "summons.step"
"""The deadline at which somebody's time is out; its subject is the summons' id."""

Turns = list[tuple[SeatCall, CallStep]]
"""Those whose turn it has become, with the seats they are asked for."""

Asking = Ask | Ring
"""A person or time, at a moment, of a law and a memory."""


@dataclass
class Roll:
    """A summons, the meeting it is to, and its seats."""

    summons: Summons
    meeting: Meeting
    forum: Forum
    seats: list[SeatCall]

    @property
    def over(self) -> bool:
        """Tell whether nobody needs to answer any more: the meeting has ended."""
        return self.meeting.state not in (MeetingState.CALLED, MeetingState.OPEN)


async def roster_now(at: Asking) -> Roster:
    """Give who holds each function now."""
    return by_function(await holdings.in_force(at.session, at.now))


async def read(at: Asking, summons: Summons, roster: Roster) -> Roll | None:
    """Read the whole call; None if the law no longer has the forum."""
    forum = at.region.forums.get(summons.forum)
    meeting = await meetings.by_id(at.session, summons.meeting)
    if forum is None or meeting is None:
        return None
    roll = Roll(summons, meeting, forum, [])
    steps = await summonses.steps_of(at.session, summons.id)
    for call in await summonses.calls(at.session, summons.id):
        if call.function in at.region.functions:
            roll.seats.append(seat_call(at, roll, call, roster, steps.get(call.id or 0, [])))
    return roll


def seat_call(
    at: Asking, roll: Roll, call: Call, roster: Roster, steps: list[CallStep]
) -> SeatCall:
    """Put a seat's call together; a seat that the law has dropped since keeps what it was."""
    seat = roll.forum.seat_of(call.function) or Seat(
        call.function, tuple(call.represents), Mandate(frozenset())
    )
    links = chain(at.region, seat, roster, at.now)
    return SeatCall(seat, call, steps, links, frozen_limits(roll.summons))


async def write(at: Asking, roll: Roll) -> None:
    """Keep what has changed, and set the deadline at which the next one's time is out."""
    for each in roll.seats:
        at.session.add(each.call)
        at.session.add_all(each.steps)
    waits = [step.due_at for each in roll.seats if (step := each.asking) and step.due_at]
    if waits:
        await deadlines.set_(at.session, STEP, roll.summons.id, min(waits))
    else:
        await deadlines.drop(at.session, STEP, roll.summons.id)


async def advance(at: Asking, roll: Roll) -> list[Answer]:
    """Let time pass in every seat: ask those whose turn it is, and say how the call stands."""
    running = [(each, step) for each in roll.seats if (step := each.asking)]
    asked = [(each, step) for each in roll.seats if (step := each.elapse(at.now))]
    silent = [(each, step) for each, step in running if step.state == StepState.SILENT]
    await write(at, roll)
    if not silent:
        return []
    for each, step in silent:
        await note(at, roll, "call.silent", each, step)
    for each, _ in silent:
        if each.asking is None:
            await _note_end(at, roll, each)
    return [*asks(roll, asked), status(at.region, roll)]


async def note(at: Asking, roll: Roll, what: str, each: SeatCall, step: CallStep) -> None:
    """Write in the log what became of asking one person for a seat."""
    await log.append(
        at.session, what, roll.summons.id, happened_at=at.now, written_at=at.now,
        forum=roll.forum.code, function=step.function, mxid=step.mxid,
        facts={"seat": each.seat.function, "rank": step.rank},
    )  # fmt: skip


async def _note_end(at: Asking, roll: Roll, each: SeatCall) -> None:
    await log.append(
        at.session, f"call.{CallState(each.call.state)}", roll.summons.id, happened_at=at.now,
        written_at=at.now, forum=roll.forum.code, function=each.seat.function,
    )  # fmt: skip


def asks(roll: Roll, asked: Iterable[tuple[SeatCall, CallStep]]) -> list[Answer]:
    """Ask each person directly, once for all the seats that they are asked for."""
    people: dict[str, Turns] = {}
    for each, step in asked:
        people.setdefault(step.mxid, []).append((each, step))
    return [_ask(roll, mxid, theirs) for mxid, theirs in people.items()]


def asked_again(roll: Roll, seats: Iterable[SeatCall], but: str) -> list[Answer]:
    """Write the requests for these seats anew, in place: somebody has answered, or no longer does.

    A deputy who was asked sees that the holder has answered, in the message that asked them.
    `but` is who knows already. A holder is asked in the forum's room, not by a message of theirs.
    """
    found = {
        (step.mxid, step.asked_at)
        for each in seats
        for step in each.steps
        if step.asked_at and step.mxid != but and not _is_holder(each, step)
    }
    every = [(each, step) for each in roll.seats for step in each.steps]
    return [
        replace(
            _ask(roll, mxid, [it for it in every if (it[1].mxid, it[1].asked_at) == (mxid, at)]),
            mention=(), call=False, tap=None,
        )
        for mxid, at in sorted(found)
    ]  # fmt: skip


def _is_holder(each: SeatCall, step: CallStep) -> bool:
    return step.function == each.seat.function and step.rank == 1


def _answered(each: SeatCall, mxid: str) -> dict[str, Any] | None:
    """Say who answers for a seat instead of the one who was asked; None while that is wanted."""
    call = each.call
    if not each.reached or call.answered_by == mxid:
        return None
    return {"function": call.answered_as, "rank": call.rank}


def _ask(roll: Roll, mxid: str, theirs: Sequence[tuple[SeatCall, CallStep]]) -> Reply:
    answered = [_answered(each, mxid) for each, _ in theirs]
    facts = {
        "needless": all(answered),
        "id": roll.summons.id,
        "forum": roll.forum.code,
        "starts": roll.meeting.starts_at,
        "purpose": Typed(roll.meeting.purpose),
        "until": min(step.due_at for _, step in theirs if step.due_at),
        "seats": [
            {
                "function": each.seat.function,
                "as_function": step.function,
                "rank": step.rank,
                "unmanned": each.call.state == CallState.UNMANNED,
                "before": before_facts(each),
                "answered": by,
            }
            for (each, step), by in zip(theirs, answered, strict=True)
        ],
    }
    return Reply(
        "summons/asked", facts, to=Direct(mxid), mention=(mxid,), call=True, tap="✅",
        subject=f"summons:{roll.summons.id}",
        object=f"asked:{roll.summons.id}:{_moment(theirs)}",
    )  # fmt: skip


def _moment(theirs: Sequence[tuple[SeatCall, CallStep]]) -> int:
    """Give when they were asked, in whole seconds: what tells one request from the next."""
    asked_at = theirs[0][1].asked_at
    return int(asked_at.timestamp()) if asked_at else 0


def status(region: Region, roll: Roll) -> Reply:
    """Say how the call stands: one message in the forum's room, edited in place."""
    now = standing(region, roll.seats)
    facts = {
        "id": roll.summons.id,
        "total": now.total,
        "answered": now.answered,
        "attending": now.attending,
        "deputies": now.deputies,
        "sought": now.sought,
        "waiting": now.waiting,
        "until": min((it["asked"]["until"] for it in now.waiting), default=None),
        "prevented": now.prevented,
        "not_reached": now.not_reached,
        "unmanned": now.unmanned,
    }
    return Reply(
        "summons/status", facts, to=InForum(roll.forum.code),
        object=f"status:{roll.summons.id}", subject=f"summons:{roll.summons.id}",
    )  # fmt: skip
