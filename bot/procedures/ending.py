"""A meeting ends, by somebody or by time: its digest is drafted and waits for approval (T12)."""

from __future__ import annotations

from bot.asking.ask import Ask
from bot.domain.answer import Direct, InForum, Reply
from bot.domain.digests import digest, limits_in
from bot.domain.frozen import freeze
from bot.domain.limits import due
from bot.domain.model import Meeting, MeetingState
from bot.domain.region import Forum
from bot.procedures.roll import Asking
from bot.store import deadlines, digests, holdings
from bot.store import log as log_


async def end_meeting(at: Asking, meeting: Meeting, by: str | None) -> list[Reply]:
    """End it as that function, or by time; say so in the room, and send the draft round."""
    meeting.state, meeting.ended_at, meeting.ended_by = MeetingState.ENDED, at.now, by
    at.session.add(meeting)
    forum = at.region.forum(meeting.forum)
    facts = digest(await digests.record(at.session, at.region, meeting, at.now), at.region)
    limit = limits_in(at.region, meeting.mode)["digest"]
    approve_by = due(limit, at.now, at.region, next_meeting=None)
    await deadlines.set_(at.session, "digest.late", meeting.id, approve_by)
    proof = {"proof": at.origin} if isinstance(at, Ask) else {}
    for what, logged in (("meeting.ended", {}), (digests.DRAFTED, {"digest": freeze(facts)})):
        await log_.append(
            at.session, what, meeting.id,
            happened_at=at.now, written_at=at.now, forum=forum.code, function=by,
            mxid=at.mxid if isinstance(at, Ask) else None, facts={**logged, **proof},
        )  # fmt: skip
    ended = {
        "meeting": meeting.id, "incident": meeting.incident, "forum": forum.code, "by": by,
        "ended_at": at.now, "open": facts["open"], "approve_by": approve_by,
    }  # fmt: skip
    said = Reply("digest/ended", ended, to=InForum(forum.code), subject=f"meeting:{meeting.id}")
    people = await _approvers(at, forum)
    elsewhere = isinstance(at, Ask) and at.place != said.to and at.mxid not in people
    here = [Reply("digest/ended", ended)] if elsewhere else []
    return [said, *here, *(_draft(mxid, facts, approve_by) for mxid in people)]


async def _approvers(at: Asking, forum: Forum) -> list[str]:
    """List who holds the chair's and the secretary's functions now; the vice chair if nobody."""
    found: dict[str, None] = {}
    for function in (forum.chair, forum.secretary, None, forum.vice_chair):
        if function is None:
            if found:
                break
            continue
        there = await holdings.holders(at.session, function, at.now)
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
