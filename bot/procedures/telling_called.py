"""What all who were called to a meeting are told: once in its room, and away from it directly."""

from __future__ import annotations

from bot.domain.answer import Answer, Direct, Facts, InForum, Reply
from bot.domain.model import Meeting, StepState
from bot.procedures.roll import Asking
from bot.store import rooms, summonses


async def tell_called(at: Asking, meeting: Meeting, name: str, more: Facts) -> list[Answer]:
    """Say it to all who were asked to come and have not said that they cannot.

    What is said names the meeting, its forum, its start, what it is about and its summons;
    `more` are the other facts.
    """
    summons = await summonses.of_meeting(at.session, meeting.id)
    people = await _asked(at, summons.id) if summons else []
    facts = {
        "id": meeting.id, "forum": meeting.forum, "starts": meeting.starts_at,
        "incident": meeting.incident, "summons": summons.id if summons else None, **more,
    }  # fmt: skip
    room = await rooms.by_key(at.session, f"forum:{meeting.forum}")
    inside = await rooms.joined(at.session, room.room_id) if room else set()
    there = tuple(mxid for mxid in people if mxid in inside)
    about = f"meeting:{meeting.id}"
    here = Reply(name, facts, to=InForum(meeting.forum), mention=there, call=True, subject=about)
    away = [
        Reply(name, facts, to=Direct(mxid), mention=(mxid,), call=True, subject=about)
        for mxid in people
        if mxid not in inside
    ]
    return [here, *away]


async def _asked(at: Asking, summons: str) -> list[str]:
    chains = (await summonses.steps_of(at.session, summons)).values()
    asked = (step for chain in chains for step in chain if step.asked_at)
    return list(dict.fromkeys(it.mxid for it in asked if it.state != StepState.PREVENTED))
