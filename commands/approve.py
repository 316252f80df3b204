"""The digest is right: let it out, and let each organisation carry its part home."""

from __future__ import annotations

from typing import Any

from bot.asking import Ask, MeetingId, command
from bot.domain.answer import Direct, InForum, Refusal, Reply
from bot.domain.digests import Record, digest
from bot.domain.frozen import freeze
from bot.domain.homecoming import note
from bot.domain.model import CarryBack, Meeting, MeetingState
from bot.domain.region import Forum
from bot.procedures.leading import lead_of, may_lead, meeting_meant, meeting_of
from bot.store import answered, carrying, deadlines, digests
from bot.store import log as log_


@command(
    "approve", "adopt", sv="fastställ", allowed=may_lead, taps={"✅": ["digest"]}, counts="answer"
)
async def approve(ask: Ask, meeting: MeetingId = "") -> list[Reply]:
    """Approve a meeting's digest; it is published at once, the same words to all (R12)."""
    found = (
        await meeting_of(ask, meeting)
        if meeting
        else await meeting_meant(ask, MeetingState.ENDED, "digest")
    )
    forum = ask.region.forum(found.forum)
    function = lead_of(ask, forum).function
    _refuse_unless_ended(found)
    record = await digests.record(ask.session, ask.region, found, ask.now)
    facts = digest(record, ask.region)
    if facts != await digests.kept(ask.session, digests.DRAFTED, found.id):
        await _log(ask, digests.DRAFTED, found, function, facts)
        return [_redrafted(ask, facts)]
    return await _publish(ask, forum, record, facts, function)


def _refuse_unless_ended(meeting: Meeting) -> None:
    if meeting.state == MeetingState.PUBLISHED:
        raise Refusal(
            "already_approved", id=meeting.id, at=meeting.published_at, by=meeting.approved_by
        )
    if meeting.state != MeetingState.ENDED:
        raise Refusal("meeting_not_ended", id=meeting.id)


def _redrafted(ask: Ask, facts: dict[str, Any]) -> Reply:
    """Show what the record now says: nobody approves what they have not read."""
    return Reply(
        "digest/draft",
        {**facts, "approve_by": None, "changed": True},
        to=Direct(ask.mxid),
        mention=(ask.mxid,),
        subject=f"digest:{facts['meeting']}",
        tap="✅",
        call=True,
    )


async def _publish(
    ask: Ask, forum: Forum, record: Record, facts: dict[str, Any], function: str
) -> list[Reply]:
    meeting = record.meeting
    meeting.state, meeting.published_at = MeetingState.PUBLISHED, ask.now
    meeting.approved_by = function
    told = {**facts, "approved_at": ask.now, "approved_by": function}
    await _log(ask, digests.PUBLISHED, meeting, function, told)
    await answered.note(
        ask.session, ask.event_id, ask.mxid, f"approved:{meeting.id}", "", ask.now
    )  # fmt: skip
    await deadlines.drop(ask.session, "digest.late", meeting.id)
    rows = await carrying.send(ask.session, ask.region, record, ask.now)
    readers = [f.code for f in ask.region.forums.values() if forum.code in f.receives_digest_of]
    out = [_published(code, told) for code in (forum.code, *readers)]
    return [*out, *_here(ask, forum, meeting, rows), *(note(row) for row in rows if row.carrier)]


def _published(forum: str, told: dict[str, Any]) -> Reply:
    about = f"meeting:{told['meeting']}"
    return Reply("digest/published", told, to=InForum(forum), subject=about, paper="digest")


def _here(ask: Ask, forum: Forum, meeting: Meeting, rows: list[CarryBack]) -> list[Reply]:
    if ask.place == InForum(forum.code):
        return []
    unmanned = [row.organisation for row in rows if row.carrier is None]
    facts = {
        "meeting": meeting.id, "forum": forum.code, "carry_backs": len(rows), "unmanned": unmanned,
    }  # fmt: skip
    return [Reply("digest/approved", facts, subject=f"meeting:{meeting.id}")]


async def _log(ask: Ask, what: str, meeting: Meeting, function: str, facts: dict[str, Any]) -> None:
    await log_.append(
        ask.session, what, meeting.id,
        happened_at=ask.now, written_at=ask.now,
        forum=meeting.forum, function=function, mxid=ask.mxid,
        facts={"digest": freeze(facts), "proof": ask.origin},
    )  # fmt: skip
