"""Who chairs a meeting, and the question to its caller when nobody whose turn it is can (R27)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.asking.ask import Ask, Ring
from bot.domain.answer import Answer, Direct, Reply, Typed
from bot.domain.chairing import chair_is, chaired_by, leads
from bot.domain.model import Holding, Meeting
from bot.domain.region import Forum
from bot.domain.summons import Roster
from bot.store import incidents, log

if TYPE_CHECKING:  # a summons is made with the chair that it has
    from bot.procedures.opening import Room
    from bot.procedures.roll import Roll

ASKED = "lead.asked"
"""In the record: the caller has been asked who is to lead, with the choices in their order."""
MOST = 9
"""Choices that one digit can tell apart."""


async def chaired(at: Ask | Ring, meeting: Meeting, forum: Forum) -> Forum:
    """Give the forum with the chair that this meeting has."""
    incident = await incidents.by_id(at.session, meeting.incident) if meeting.incident else None
    return chaired_by(forum, meeting.chair or (incident.chair if incident else None))


async def choosing(
    at: Ask | Ring, roll: Roll, room: Room, roster: Roster, *, opens: bool
) -> list[Answer]:
    """Ask once who is to lead, if nobody whose turn it is has been reached (R27).

    Whoever called is asked; the secretary where they cannot come, or where time called.

    Before the meeting `opens`, only where each of them has been sought in vain.
    """
    if not _unled(at, roll, room, opens=opens) or await _is_asked(at, roll, roster):
        return []
    choices = _choices(roll, room)
    caller = roll.summons.made_by
    if caller == roll.forum.chair and not roll.declined(caller):
        return []  # who called and chairs means to come, whether they have answered or not
    chooser = _chooser(roll, roster)
    if not choices or chooser is None:
        return []
    await log.append(
        at.session, ASKED, roll.meeting.id, happened_at=at.now, written_at=at.now,
        forum=roll.forum.code, function=chooser.function, mxid=chooser.mxid,
        facts={"choices": choices},
    )  # fmt: skip
    facts = {
        "id": roll.meeting.id,
        "incident": roll.meeting.incident,
        "forum": roll.forum.code,
        "starts": roll.meeting.starts_at,
        "purpose": Typed(roll.meeting.purpose),
        "chair": roll.forum.chair,
        "chair_is": chair_is(roll.forum, roll.seats),
        "called": chooser.function == caller,
        "choices": choices,
    }
    asked = chooser.mxid
    return [
        Reply(
            "lead/choose", facts, to=Direct(asked), mention=(asked,), call=True,
            subject=f"lead:{roll.meeting.id}",
        )
    ]  # fmt: skip


def _chooser(roll: Roll, roster: Roster) -> Holding | None:
    """Give who is asked: of whoever called, else of the secretary, the first who has not said no.

    Who cannot come is asked for nothing more.
    """
    functions = (roll.summons.made_by, roll.forum.secretary)
    there = (held for code in functions if code for held in roster.get(code, ()))
    return next((held for held in there if not roll.prevented(held.mxid)), None)


async def _is_asked(at: Ask | Ring, roll: Roll, roster: Roster) -> bool:
    """Tell whether it has been asked of somebody who still has the function they were asked as."""
    asked = await log.latest(at.session, ASKED, roll.meeting.id)
    there = roster.get(asked.function or "", ()) if asked else ()
    return asked is not None and asked.mxid in {held.mxid for held in there}


def _unled(at: Ask | Ring, roll: Roll, room: Room, *, opens: bool) -> bool:
    found = leads(at.region, roll.forum, roll.seats)
    if not opens or found["unled"]:
        return bool(found["unled"])
    return not any(_there(roll, room, code) for code in found["turn"])


def _there(roll: Roll, room: Room, function: str) -> bool:
    """Tell whether somebody leads as that function: by an answer, or without a seat in person."""
    each = next((each for each in roll.seats if each.seat.function == function), None)
    return each.reached if each else room.holder_of(function) is not None


def _choices(roll: Roll, room: Room) -> list[str]:
    """List who can be chosen: seats that are reached, those in the room first."""
    reached = [each for each in roll.seats if each.reached]
    reached.sort(key=lambda each: each.call.answered_by not in room.inside)
    return [each.seat.function for each in reached][:MOST]
