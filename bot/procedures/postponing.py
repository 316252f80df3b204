"""A meeting that is called gets another time: its summons stays, and the answers to it."""

from __future__ import annotations

from datetime import datetime

from bot.domain.answer import Answer
from bot.domain.model import Meeting
from bot.procedures.roll import Asking
from bot.procedures.summoning import ENDS, OPENS, REGISTER, looked_at
from bot.procedures.telling_called import tell_called
from bot.store import deadlines, log


async def move(at: Asking, meeting: Meeting, starts_at: datetime) -> list[Answer]:
    """Let it begin then, as long as it was to be; tell all who were called."""
    before = meeting.starts_at
    meeting.ends_at += starts_at - before
    meeting.starts_at = starts_at
    at.session.add(meeting)
    await deadlines.set_(at.session, OPENS, meeting.id, meeting.starts_at)
    await deadlines.set_(at.session, ENDS, meeting.id, looked_at(at.region, meeting))
    await deadlines.set_(at.session, REGISTER, meeting.forum, at.now)
    await log.append(
        at.session, "meeting.moved", meeting.id, happened_at=at.now, written_at=at.now,
        forum=meeting.forum,
        facts={"starts_at": starts_at.isoformat(), "before": before.isoformat()},
    )  # fmt: skip
    return await tell_called(at, meeting, "meeting/moved", {"before": before})
