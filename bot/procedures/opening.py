"""What is said when a meeting opens, in place of a roll call (R11, R20, R27)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.answer import Facts, InForum, Reply, Typed
from bot.domain.attendance import not_authorities, standing
from bot.domain.authority import opener
from bot.domain.chairing import chair_is, turn_to_lead
from bot.domain.model import Action, CarryBack, Meeting
from bot.domain.perspectives import perspectives
from bot.domain.region import Region
from bot.domain.summons import Roster
from bot.procedures.roll import Asking, Roll
from bot.store import actions, carrybacks, incidents, rooms

SHOWN = 5
"""Things shown of what is left since last time; the rest are counted."""

ON_TIME = timedelta(minutes=1)
"""Later than this, it is said that the opening is late."""


@dataclass(frozen=True)
class Room:
    """Who is in the forum's room (mxids), and what everybody holds now."""

    inside: frozenset[str]
    roster: Roster

    def holder_of(self, function: str) -> str | None:
        """Give the person of lowest rank who stands for a function and is in the room."""
        return next((h.mxid for h in self.roster.get(function, ()) if h.mxid in self.inside), None)

    @property
    def functions(self) -> list[str]:
        """List the functions that somebody in the room has, or stands in for."""
        return [function for function in self.roster if self.holder_of(function)]


async def room_of(at: Asking, roll: Roll, roster: Roster) -> Room:
    """Look who is in the forum's room."""
    row = await rooms.by_key(at.session, f"forum:{roll.forum.code}")
    inside = await rooms.joined(at.session, row.room_id) if row else set()
    return Room(frozenset(inside), roster)


async def opening(at: Asking, roll: Roll, roster: Roster) -> Reply:
    """Say who is there, by function, and what has not come home since last time."""
    room = await room_of(at, roll, roster)
    opens, person = _opener(at.region, roll, room)
    facts = {
        **_attendance(at.region, roll, room),
        **_since_last(
            await carrybacks.not_home(at.session, roll.forum.code),
            await actions.open_in(at.session, roll.forum.code),
            at.now,
        ),
        "chair": roll.forum.chair,
        "chair_is": chair_is(roll.forum, roll.seats),
        "own_chair": roll.forum.own_chair,
        "incident": roll.meeting.incident,
        "end_condition": await _end_condition(at, roll.meeting),
        "opens": opens,
        "late": at.now - roll.meeting.starts_at > ON_TIME,
    }
    stands_in = opens is not None and opens != roll.forum.chair and person is not None
    return Reply(
        "meeting/opens", facts, to=InForum(roll.forum.code), call=stands_in,
        mention=(person,) if stands_in and person else (), subject=f"meeting:{roll.meeting.id}",
    )  # fmt: skip


async def _end_condition(at: Asking, meeting: Meeting) -> Typed | None:
    """Give what ends the activated mode that the meeting is about (R18)."""
    incident = await incidents.by_id(at.session, meeting.incident or "")
    return Typed(incident.end_condition) if incident and incident.end_condition else None


def _opener(region: Region, roll: Roll, room: Room) -> tuple[str | None, str | None]:
    """Give the function that opens and its person; a chair without a seat is asked by the room."""
    turn = turn_to_lead(region, roll.forum)
    people: dict[str, str | None] = {f: room.holder_of(f) for f in (*turn, *roll.forum.lead)}
    for each in roll.seats:
        if each.seat.function in people:
            people[each.seat.function] = each.call.answered_by if each.reached else None
    caller = roll.summons.made_by
    there = {function for function, person in people.items() if person}
    if caller and not roll.declined(caller):  # who called means to come, answered or not
        there.add(caller)
    opens = opener(roll.forum, turn, there, caller)
    return opens, people.get(opens or "") or room.holder_of(opens or "")


def _attendance(region: Region, roll: Roll, room: Room) -> Facts:
    now = standing(region, roll.seats, room.inside, roll.involved)
    return {
        "id": roll.meeting.id,
        "forum": roll.forum.code,
        "starts": roll.meeting.starts_at,
        "total": now.total,
        "present": now.present,
        "deputies": now.deputies,
        "spoken": now.spoken,
        "speaking": now.speaking,
        "elsewhere": now.elsewhere,
        "later": now.later,
        "waiting": [*now.waiting, *now.sought],
        "prevented": now.prevented,
        "not_reached": now.not_reached,
        "unmanned": now.unmanned,
        "away": now.away,
        "perspectives": perspectives(region, roll.forum, roll.seats, room.inside),
        "not_authorities": not_authorities(region, roll.seats, room.functions),
        "info_class": roll.forum.info_class_max,
    }


def _since_last(left: Sequence[CarryBack], open_: Sequence[Action], now: datetime) -> Facts:
    """List what has not come home and what is still to be done, a few of each."""
    return {
        "not_home": [
            {"id": each.id, "organisation": each.organisation, "receiver": each.receiver}
            for each in left[:SHOWN]
        ],
        "not_home_more": max(0, len(left) - SHOWN),
        "actions": [
            {
                "id": each.id,
                "function": each.function,
                "text": Typed(each.text),
                "due": each.due_at,
                "late": each.due_at is not None and each.due_at < now,
            }
            for each in open_[:SHOWN]
        ],
        "actions_more": max(0, len(open_) - SHOWN),
    }
