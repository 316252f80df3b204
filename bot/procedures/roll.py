"""A summons with the chain of every seat: read, let time pass in, written back, told of.

Stands below commands and deadlines because both of them change it, and neither knows the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.asking.ask import Ask, Ring
from bot.domain.answer import InForum, Refusal, Reply
from bot.domain.attendance import standing
from bot.domain.calling import SeatCall
from bot.domain.chairing import leads
from bot.domain.concerned import seat_for
from bot.domain.dispatches import sent_elsewhere
from bot.domain.model import (
    Call,
    CallStep,
    Dispatch,
    Meeting,
    MeetingState,
    StepState,
    Summons,
)
from bot.domain.perspectives import perspectives
from bot.domain.region import Forum, Mandate, Region, Seat
from bot.domain.silences import NONE, Silences
from bot.domain.summons import Roster, by_function, frozen_limits, is_urgent, links, order
from bot.store import (
    deadlines,
    dispatches,
    holdings,
    incidents,
    log,
    meetings,
    servers,
    summonses,
)

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
    silences: Silences = NONE
    """Whose homeserver was silent, since it was made."""
    dispatches: Sequence[Dispatch] = ()
    """What has gone out of it by other ways, or is to."""
    involved: frozenset[str] = frozenset()
    """The organisations that the incident takes up, by code."""
    chair: str | None = None
    """Who leads the forum now, by mxid."""

    def prevented(self, mxid: str) -> bool:
        """Tell whether somebody has said, for any of its seats, that they cannot come."""
        steps = (step for each in self.seats for step in each.steps)
        return any(step.mxid == mxid and step.state == StepState.PREVENTED for step in steps)

    def declined(self, function: str) -> bool:
        """Tell whether a function was called and has said no: nobody comes instead so far."""
        return any(each.declined for each in self.seats if each.seat.function == function)

    @property
    def urgent(self) -> bool:
        """Tell whether it is to sound by every way there is."""
        return is_urgent(self.summons, self.meeting)

    @property
    def over(self) -> bool:
        """Tell whether nobody needs to answer any more: the meeting has ended."""
        return self.meeting.state not in (MeetingState.CALLED, MeetingState.OPEN)

    @property
    def too_late(self) -> Refusal:
        """Say that nobody needs to answer any more: it has been, or was called off."""
        held = self.meeting.opened_at is not None
        return Refusal("meeting_over", id=self.summons.id, meeting=self.meeting.id, held=held)


async def roster_now(at: Asking) -> Roster:
    """Give who holds each function now; in an exercise that is over, who held it last."""
    return by_function(await holdings.in_force(at.session, at.region.held_when(at.now)))


async def read(at: Asking, summons: Summons, roster: Roster) -> Roll | None:
    """Read the whole call; None if the law no longer has the forum."""
    forum = at.region.forums.get(summons.forum)
    meeting = await meetings.by_id(at.session, summons.meeting)
    if forum is None or meeting is None:
        return None
    outages = await servers.silences(at.session, summons.made_at)
    roll = Roll(summons, meeting, forum, [], Silences.of(outages))
    roll.dispatches = await dispatches.of(at.session, summons.id)
    await know(at, roll, roster)
    steps = await summonses.steps_of(at.session, summons.id)
    for call in await summonses.calls(at.session, summons.id):
        if call.function in at.region.functions:
            old = not call.functions
            each = seat_call(at, roll, call, roster, steps.get(call.id or 0, []))
            roll.seats.append(each)
            at.session.add_all(each.write_down() if old else [])
    return roll


async def know(at: Asking, roll: Roll, roster: Roster) -> None:
    """Let a roll know who leads the forum, and whom the incident takes up."""
    led = (held for function in roll.forum.lead for held in roster.get(function, ()))
    roll.chair = next((held.mxid for held in led), None)
    roll.involved = await _involved(at, roll.meeting.incident)


async def _involved(at: Asking, id_: str | None) -> frozenset[str]:
    """List the organisations that asked for cooperation, lead it, or are concerned (codes)."""
    incident = await incidents.by_id(at.session, id_) if id_ else None
    if incident is None:
        return frozenset()
    functions = [it for it in (incident.asked_as, incident.lead) if it in at.region.functions]
    rows = await incidents.concerned(at.session, incident.id)
    homes = [at.region.home_of(function).code for function in functions if function]
    return frozenset([*homes, *(row.organisation for row in rows)])


def seat_call(
    at: Asking, roll: Roll, call: Call, roster: Roster, steps: list[CallStep]
) -> SeatCall:
    """Put a seat's call together, by the law and the roster that were in force when it was made.

    Who holds the functions of its chain now may answer, too (R1).
    """
    seat = seat_called(at.region, roll, call)
    if not call.functions:
        call.functions = list(order(at.region, roll.forum, seat, roll.summons.made_at))
    answering = links(call.functions, roster)
    limits = frozen_limits(roll.summons)
    return SeatCall(seat, call, steps, answering, limits, roll.silences, roll.prevented)


def seat_called(region: Region, roll: Roll, call: Call) -> Seat:
    """Give the seat as it was called; one that the law has dropped since has no mandate.

    Besides the law's seats, those sit there whom the event concerns.
    """
    seat = roll.forum.seat_of(call.function)
    if seat is None and roll.meeting.incident and roll.forum.concerned_mandate:
        seat = seat_for(region, roll.forum, call.function)
    seat = seat or Seat(call.function, (), Mandate(frozenset()))
    return replace(seat, represents=tuple(call.represents), required=call.required)


async def write(at: Asking, roll: Roll) -> None:
    """Keep what has changed, and set the deadline at which the next one's time is out."""
    for each in roll.seats:
        at.session.add(each.call)
        at.session.add_all(each.steps)
    waits = [step.due_at for each in roll.seats for step in each.running if step.due_at]
    if waits:
        await deadlines.set_(at.session, STEP, roll.summons.id, min(waits))
    else:
        await deadlines.drop(at.session, STEP, roll.summons.id)


async def note(at: Asking, roll: Roll, what: str, each: SeatCall, step: CallStep) -> None:
    """Write in the log what became of asking one person for a seat; of an answer, its proof."""
    proof = {"proof": at.origin} if isinstance(at, Ask) else {}
    await log.append(
        at.session, what, roll.summons.id, happened_at=at.now, written_at=at.now,
        forum=roll.forum.code, function=step.function, mxid=step.mxid,
        facts={"seat": each.seat.function, "rank": step.rank, **proof},
    )  # fmt: skip


def law_changed(region: Region, roll: Roll) -> list[str]:
    """List the forum's seats for which a call made under the law as it is now would go otherwise.

    Whoever was called besides the forum's seats is no change of the law.
    """
    called = {each.seat.function: each.call.functions for each in roll.seats}
    return [
        seat.function for seat in roll.forum.seats
        if called.get(seat.function) != list(order(region, roll.forum, seat, roll.summons.made_at))
    ]  # fmt: skip


def _leaves_ways_unused(region: Region, roll: Roll) -> bool:
    """Tell whether a live call would go by mail or webhook, and this one is practised (R22)."""
    return roll.urgent and region.exercise is not None and region.exercise.ways


def status(region: Region, roll: Roll) -> Reply:
    """Say how the call stands: one message in the forum's room, edited in place."""
    now = standing(region, roll.seats, involved=roll.involved)
    off = roll.meeting.state == MeetingState.PUBLISHED and roll.meeting.opened_at is None
    facts = {
        "id": roll.summons.id,
        "off": off,
        "incident": roll.meeting.incident,
        "total": now.total,
        "answered": now.answered,
        "attending": now.attending,
        "deputies": now.deputies,
        "spoken": now.spoken,
        "speaking": now.speaking,
        "later": now.later,
        "changes": now.changes,
        "law": law_changed(region, roll),
        "sought": [] if off else now.sought,
        "waiting": [] if off else now.waiting,
        "until": min((it["asked"]["until"] for it in now.waiting), default=None),
        "prevented": now.prevented,
        "not_reached": now.not_reached,
        "unmanned": now.unmanned,
        "away": now.away,
        "perspectives": perspectives(region, roll.forum, roll.seats),
        "ways": sent_elsewhere(roll.dispatches),
        "ways_unused": _leaves_ways_unused(region, roll),
        **leads(region, roll.forum, roll.seats),
    }
    return Reply(
        "summons/status", facts, to=InForum(roll.forum.code),
        object=f"status:{roll.summons.id}", subject=f"summons:{roll.summons.id}",
    )  # fmt: skip
