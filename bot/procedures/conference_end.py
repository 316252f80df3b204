"""An activated conference is over when its time is: the chair is reminded, then it closes (T9)."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.answer import Answer, Direct, Reply
from bot.domain.model import Meeting, MeetingState
from bot.procedures.end_condition import question
from bot.procedures.ending import end_meeting
from bot.procedures.roll import Asking
from bot.procedures.summoning import ENDS
from bot.store import deadlines, holdings, log

GRACE = timedelta(minutes=10)
"""How long after its planned end a conference closes by itself."""
REMINDED = "conference.reminded"


async def over(at: Asking, meeting: Meeting) -> list[Answer]:
    """Ask about the end condition and remind whoever leads; the second time, close it."""
    asked = await question(at, meeting)
    if await log.has(at.session, REMINDED, meeting.id):
        closed = await end_meeting(at, meeting, None) if meeting.state == MeetingState.OPEN else []
        return [*closed, *asked]
    closes = at.now + GRACE
    await deadlines.set_(at.session, ENDS, meeting.id, closes)
    forum = at.region.forum(meeting.forum)
    mxid = await holdings.leader(at.session, forum.lead, at.now)
    await log.append(
        at.session, REMINDED, meeting.id, happened_at=at.now, written_at=at.now,
        forum=meeting.forum, mxid=mxid,
    )  # fmt: skip
    told = {
        "id": meeting.id, "incident": meeting.incident, "forum": forum.code,
        "ended": meeting.ends_at, "closes": closes,
    }  # fmt: skip
    reminder = Reply(
        "meeting/over", told, to=Direct(mxid or ""), mention=(mxid or "",), call=True,
        subject=f"meeting:{meeting.id}",
    )  # fmt: skip
    return [*([reminder] if mxid else []), *asked]
