"""The meeting is over."""

from __future__ import annotations

from bot.asking import Ask, MeetingId, command
from bot.domain.answer import Direct, InForum, Refusal, Reply
from bot.domain.digests import digest, limits_in
from bot.domain.frozen import freeze
from bot.domain.limits import due
from bot.domain.model import Meeting, MeetingState
from bot.domain.region import Forum
from bot.procedures.leading import lead_of, may_lead, meeting_meant, meeting_of
from bot.store import deadlines, digests, holdings
from bot.store import log as log_


@command("close", sv="avsluta", allowed=may_lead)
async def close(ask: Ask, meeting: MeetingId = "") -> list[Reply]:
    """End the open meeting; its digest is drafted from the record and waits for approval."""
    found = (
        await meeting_of(ask, meeting)
        if meeting
        else await meeting_meant(ask, MeetingState.OPEN, "meeting")
    )
    forum = ask.region.forum(found.forum)
    function = lead_of(ask, forum).function
    if found.state != MeetingState.OPEN:
        raise Refusal(
            "meeting_not_open", id=found.id, state=str(found.state),
            ended_at=found.ended_at, ended_by=found.ended_by, starts_at=found.starts_at,
        )  # fmt: skip
    found.state, found.ended_at, found.ended_by = MeetingState.ENDED, ask.now, function
    return await _drafted(ask, forum, found, function)


async def _drafted(ask: Ask, forum: Forum, meeting: Meeting, function: str) -> list[Reply]:
    facts = digest(await digests.record(ask.session, ask.region, meeting, ask.now), ask.region)
    limit = limits_in(ask.region, meeting.mode)["digest"]
    by = due(limit, ask.now, ask.region, next_meeting=None)
    await deadlines.set_(ask.session, "digest.late", meeting.id, by)
    for what, logged in (("meeting.ended", {}), (digests.DRAFTED, {"digest": freeze(facts)})):
        await log_.append(
            ask.session, what, meeting.id,
            happened_at=ask.now, written_at=ask.now,
            forum=forum.code, function=function, mxid=ask.mxid, facts=logged,
        )  # fmt: skip
    ended = {
        "meeting": meeting.id, "forum": forum.code, "by": function, "ended_at": ask.now,
        "open": facts["open"], "approve_by": by,
    }  # fmt: skip
    said = Reply("digest/ended", ended, to=InForum(forum.code), subject=f"meeting:{meeting.id}")
    people = await _approvers(ask, forum)
    elsewhere = ask.place != said.to and ask.mxid not in people
    here = [Reply("digest/ended", ended)] if elsewhere else []
    return [said, *here, *(_draft(mxid, facts, by) for mxid in people)]


async def _approvers(ask: Ask, forum: Forum) -> list[str]:
    """List who holds the chair's and the secretary's functions now; the vice chair if nobody."""
    found: dict[str, None] = {}
    for function in (forum.chair, forum.secretary, None, forum.vice_chair):
        if function is None:
            if found:
                break
            continue
        there = await holdings.holders(ask.session, function, ask.now)
        found.update({held.mxid: None for held in there[:1]})
    return list(found)


def _draft(mxid: str, facts: dict[str, object], by: object) -> Reply:
    return Reply(
        "digest/draft",
        {**facts, "approve_by": by, "changed": False},
        to=Direct(mxid),
        mention=(mxid,),
        subject=f"digest:{facts['meeting']}",
        tap="✅",
        call=True,
    )
