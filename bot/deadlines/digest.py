"""Digests that time asks for: one that nobody has approved, and what is open each week."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.asking import Ring, deadline
from bot.domain.answer import Direct, InForum, Reply
from bot.domain.calendar import next_occurrence
from bot.domain.digests import next_by_law, taken_on, to_review, trial
from bot.domain.homecoming import lacking
from bot.domain.model import CarryBack, Meeting, MeetingState
from bot.domain.region import Cadence, Forum, Region
from bot.domain.summons import mode_of
from bot.store import (
    actions,
    agreements,
    carrybacks,
    carrying,
    deadlines,
    digests,
    meetings,
)
from bot.store import log as log_

SCHEDULED = "digest.scheduled"
TOO_LATE = timedelta(hours=24)
"""A scheduled digest that is later than this is skipped: the next one says it all."""
ON_TIME = timedelta(minutes=5)


@deadline("digest.late")
async def late(ring: Ring) -> list[Reply]:
    """Ask the vice chair to approve what nobody has, and tell the chair so."""
    meeting = await meetings.by_id(ring.session, ring.subject)
    forum = ring.region.forums.get(meeting.forum) if meeting else None
    if meeting is None or forum is None or meeting.state != MeetingState.ENDED:
        return []
    drafted = await digests.kept(ring.session, digests.DRAFTED, meeting.id)
    there = await carrying.roster(ring.session, ring.now)
    vice, chair = (
        next((held.mxid for held in there.get(code or "", ())), None)
        for code in (forum.vice_chair, forum.chair)
    )
    await log_.append(
        ring.session, "digest.late", meeting.id,
        happened_at=ring.now, written_at=ring.now, forum=meeting.forum, mxid=vice,
    )  # fmt: skip
    facts = {"meeting": meeting.id, "forum": meeting.forum, "vice_chair": forum.vice_chair}
    replies = []
    if vice:
        replies.append(_to_approve("digest/overdue", {**drafted, "chair": forum.chair}, vice))
    if chair and chair != vice:
        replies.append(_to_approve("digest/late", {**facts, "asked": vice is not None}, chair))
    return replies


def _to_approve(name: str, facts: dict[str, object], mxid: str) -> Reply:
    return Reply(
        name,
        facts,
        to=Direct(mxid),
        mention=(mxid,),
        subject=f"digest:{facts['meeting']}",
        tap="✅",
        call=True,
    )


async def arm_digests(session: AsyncSession, region: Region, now: datetime) -> None:
    """Set the next scheduled digest of each forum, where none is waited for."""
    for forum in region.forums.values():
        for index, cadence in enumerate(forum.digests):
            subject = f"{forum.code}:{index}"
            if await deadlines.waiting(session, SCHEDULED, subject) is None:
                await _set_next(session, region, subject, cadence, now)


@deadline(SCHEDULED, arm=arm_digests)
async def scheduled(ring: Ring) -> Reply | None:
    """Sum up in a forum's room what is open there, and set the next time."""
    code, _, index = ring.subject.partition(":")
    forum = ring.region.forums.get(code)
    if forum is None or int(index) >= len(forum.digests):
        return None
    await _set_next(ring.session, ring.region, ring.subject, forum.digests[int(index)], ring.now)
    if ring.now - ring.due_at > TOO_LATE:
        return None
    return await _open(ring, forum)


async def _set_next(
    session: AsyncSession, region: Region, subject: str, cadence: Cadence, now: datetime
) -> None:
    at = next_occurrence(region, cadence, now).starts
    await deadlines.set_(session, SCHEDULED, subject, at)


async def _open(ring: Ring, forum: Forum) -> Reply:
    session, now = ring.session, ring.now
    on_trial = await agreements.open_in(session, forum.code)
    reviews = await digests.reviewed_in(session, forum.code)
    on_the_way = await carrybacks.not_home(session, forum.code)
    called = await meetings.next_in(session, forum.code, now)
    return Reply(
        "digest/scheduled",
        {
            "forum": forum.code,
            "late": now - ring.due_at if now - ring.due_at > ON_TIME else None,
            "actions": [taken_on(each) for each in await actions.open_in(session, forum.code)],
            "open": [trial(each) for each in on_trial],
            "reviews": to_review(reviews, now),
            "not_home": [_way(row) for row in on_the_way],
            "next_meeting": _next(ring, forum, called),
        },
        to=InForum(forum.code),
    )


def _way(row: CarryBack) -> dict[str, object]:
    return {
        "id": row.id,
        "organisation": row.organisation,
        "lacks": str(lacking(row)),
        "meeting": row.meeting,
    }


def _next(ring: Ring, forum: Forum, called: Meeting | None) -> datetime | None:
    if called is not None and called.starts_at > ring.now:
        return called.starts_at
    return next_by_law(ring.region, forum, mode_of(forum), ring.now)
