"""A meeting's time has come: it opens by itself, and it does not stay open for ever."""

from __future__ import annotations

from bot.asking import Ring, deadline
from bot.domain.answer import Answer, Direct, InForum, Reply
from bot.domain.model import Meeting, MeetingState
from bot.procedures.chairing import choosing
from bot.procedures.conference_end import over
from bot.procedures.opening import opening, room_of
from bot.procedures.roll import read, roster_now
from bot.procedures.summoning import AFTER_END, ENDS, OPENS, is_conference
from bot.procedures.turns import advance
from bot.store import actions, agreements, deadlines, log, meetings, summonses


@deadline(OPENS)
async def opens(ring: Ring) -> list[Answer]:
    """Open the meeting and post who is there. Time that is out at this minute is out first."""
    meeting = await meetings.by_id(ring.session, ring.subject)
    summons = await summonses.of_meeting(ring.session, ring.subject)
    if meeting is None or summons is None or meeting.state != MeetingState.CALLED:
        return []
    roster = await roster_now(ring)
    roll = await read(ring, summons, roster)
    if roll is None:
        return []
    asked = await advance(ring, roll)
    meeting.state, meeting.opened_at = MeetingState.OPEN, ring.now
    ring.session.add(meeting)
    await _note(ring, meeting, "meeting.opened")
    room = await room_of(ring, roll, roster)
    choice = await choosing(ring, roll, room, roster, opens=True)
    return [await opening(ring, roll, roster), *asked, *choice]


@deadline(ENDS)
async def ends(ring: Ring) -> list[Answer]:
    """Look at a meeting half an hour after its end, and once more half an hour later.

    Nothing agreed and nothing taken on: it ends by itself, with a line that says so and no
    digest. Then it counts as published, so that nobody waits for one, but has no time of
    publishing. Otherwise the chair is reminded to close it, and then the vice chair.
    """
    meeting = await meetings.by_id(ring.session, ring.subject)
    if meeting is None or meeting.state not in (MeetingState.CALLED, MeetingState.OPEN):
        return []
    if is_conference(ring.region, meeting):
        return await over(ring, meeting)
    if await _has_record(ring, meeting):
        return await _remind(ring, meeting)
    meeting.state, meeting.ended_at = MeetingState.PUBLISHED, ring.now
    ring.session.add(meeting)
    await _note(ring, meeting, "meeting.ended_empty")
    facts = {"id": meeting.id, "forum": meeting.forum, "ended": meeting.ends_at}
    return [Reply("meeting/ended_empty", facts, to=InForum(meeting.forum))]


async def _has_record(ring: Ring, meeting: Meeting) -> bool:
    agreed = await agreements.of_meeting(ring.session, meeting.id)
    return bool(agreed or await actions.of_meeting(ring.session, meeting.id))


async def _remind(ring: Ring, meeting: Meeting) -> list[Answer]:
    """Remind whoever's turn it is: the chair first; a function that nobody holds is skipped."""
    forum = ring.region.forums.get(meeting.forum)
    if forum is None:
        return []
    roster = await roster_now(ring)
    manned = [code for code in (forum.chair, forum.vice_chair) if code and roster.get(code)]
    turn = max(1, (ring.due_at - meeting.ends_at) // AFTER_END)
    if turn > len(manned):
        return []
    if turn < len(manned):
        await deadlines.set_(ring.session, ENDS, meeting.id, ring.due_at + AFTER_END)
    holder = roster[manned[turn - 1]][0]
    facts = {
        "id": meeting.id,
        "incident": meeting.incident,
        "forum": forum.code,
        "ended": meeting.ends_at,
        "function": holder.function,
        "chair": forum.chair,
    }
    return [
        Reply(
            "meeting/close_reminder", facts, to=Direct(holder.mxid), mention=(holder.mxid,),
            call=True, subject=f"meeting:{meeting.id}",
        )
    ]  # fmt: skip


async def _note(ring: Ring, meeting: Meeting, what: str) -> None:
    await log.append(
        ring.session, what, meeting.id, happened_at=ring.now, written_at=ring.now,
        forum=meeting.forum,
    )  # fmt: skip
