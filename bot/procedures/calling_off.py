"""A meeting that is called and is not to be: all who were called are told that they need not come.

It counts as published and has no time of publishing, as one that ended with nothing to tell.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from bot.asking.ask import Ask
from bot.domain.answer import Answer
from bot.domain.model import Meeting, MeetingState, Summons
from bot.procedures.roll import STEP, Asking, read, roster_now, status
from bot.procedures.summoning import ENDS, OPENS, REGISTER
from bot.procedures.telling_called import tell_called
from bot.store import deadlines, dispatches, incidents, letters, log, meetings, summonses

Why = Literal["judged", "ended", "closed"]
"""What it was called for is judged otherwise, or has ended; or its forum is closed."""


async def call_off(at: Asking, called: Iterable[Meeting], why: Why) -> list[Answer]:
    """Call off those that have not begun; one that is on goes on until somebody closes it."""
    to_come = [each for each in called if each.state == MeetingState.CALLED]
    return [said for each in to_come for said in await _call_off(at, each, why)]


async def about(at: Asking, incident: str, why: Why) -> list[Answer]:
    """Call off all that is called about an incident."""
    return await call_off(at, await meetings.about(at.session, incident), why)


async def _call_off(at: Asking, meeting: Meeting, why: Why) -> list[Answer]:
    meeting.state, meeting.ended_at = MeetingState.PUBLISHED, at.now
    at.session.add(meeting)
    await incidents.take_time_out(at.session, meeting.id)
    summons = await summonses.of_meeting(at.session, meeting.id)
    rung = [(OPENS, meeting.id), (ENDS, meeting.id), *([(STEP, summons.id)] if summons else [])]
    for kind, subject in rung:
        await deadlines.drop(at.session, kind, subject)
    if summons:
        await dispatches.let_go(at.session, summons.id, at.now)
    await deadlines.set_(at.session, REGISTER, meeting.forum, at.now)
    proof = {"proof": at.origin} if isinstance(at, Ask) else {}
    await log.append(
        at.session, "meeting.called_off", meeting.id, happened_at=at.now, written_at=at.now,
        forum=meeting.forum, mxid=at.mxid if isinstance(at, Ask) else None,
        facts={"why": why, **proof},
    )  # fmt: skip
    told = await tell_called(at, meeting, "meeting/called_off", {"why": why})
    return [*told, *(await _status(at, summons) if summons else [])]


async def _status(at: Asking, summons: Summons) -> list[Answer]:
    """Write the call's status anew, if there is one: nobody is sought any more."""
    place = f"forum:{summons.forum}"
    shown = await letters.first_of_object(at.session, place, f"status:{summons.id}")
    roll = await read(at, summons, await roster_now(at)) if shown else None
    return [status(at.region, roll)] if roll else []
