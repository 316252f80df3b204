"""Digests: the record of a meeting, and the drafts and digests the log has kept of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.agreements import stands, with_unread
from bot.domain.digests import Record, Told, next_by_law
from bot.domain.frozen import thaw
from bot.domain.model import Agreement, AgreementState, LogEntry, Meeting
from bot.domain.region import Region
from bot.store import actions, agreements, incidents, meetings, summonses

DRAFTED, PUBLISHED = "digest.drafted", "digest.published"


async def record(session: AsyncSession, region: Region, meeting: Meeting, now: datetime) -> Record:
    """Gather all that the memory holds of a meeting, and of the time since the last digest."""
    summons = await summonses.of_meeting(session, meeting.id)
    calls = await summonses.calls(session, summons.id) if summons else []
    rows = await _agreements(session, meeting)
    return Record(
        meeting=meeting,
        agreements=tuple([await _told(session, row, now) for row in rows]),
        actions=tuple(await actions.of_meeting(session, meeting.id)),
        calls=tuple(calls),
        next_meeting=await next_meeting(session, region, meeting, now),
    )


async def next_meeting(
    session: AsyncSession, region: Region, meeting: Meeting, now: datetime
) -> datetime | None:
    """Tell when the forum meets next: as it is called, or else as its cadence says."""
    called = await meetings.next_in(session, meeting.forum, now)
    if called is not None and called.id != meeting.id:
        return called.starts_at
    if meeting.incident and (rhythm := await incidents.next_time(session, meeting.incident, now)):
        return rhythm
    forum = region.forum(meeting.forum)
    return next_by_law(region, forum, meeting.mode, max(now, meeting.ends_at))


async def kept(session: AsyncSession, what: str, meeting: str) -> Any:  # noqa: ANN401
    """Give the facts last logged as drafted or published for a meeting, or None."""
    logged = select(LogEntry).where(LogEntry.what == what, LogEntry.subject == meeting)
    newest = logged.order_by(col(LogEntry.position).desc()).limit(1)
    entry = (await session.exec(newest)).first()
    if entry is None:
        return None
    return {"incident": None, **thaw(entry.facts["digest"])}  # older ones know of no incidents


async def reviewed_in(session: AsyncSession, forum: str) -> list[Agreement]:
    """List the forum's agreements that have a time of review, the earliest first."""
    timed = select(Agreement).where(Agreement.forum == forum, col(Agreement.review_at).is_not(None))
    return list(await session.exec(timed.order_by(col(Agreement.review_at), col(Agreement.id))))


async def _agreements(session: AsyncSession, meeting: Meeting) -> list[Agreement]:
    """List what a meeting dealt with, and what the forum has closed since its last digest."""
    last = await meetings.last_published(session, meeting.forum)
    own = Agreement.meeting == meeting.id
    wanted = select(Agreement).where(own)
    if last is not None and last.published_at is not None:
        since = (
            (col(Agreement.forum) == meeting.forum)
            & (col(Agreement.closed_at) > last.published_at)
            & (col(Agreement.state) != AgreementState.PROPOSED)
        )
        wanted = select(Agreement).where(or_(own, since))
    order = wanted.order_by(col(Agreement.proposed_at), col(Agreement.id))
    return list(await session.exec(order))


async def _told(session: AsyncSession, agreement: Agreement, now: datetime) -> Told:
    asked = await agreements.concerned(session, agreement.id)
    given = await agreements.positions(session, agreement.id)
    unread = await agreements.unread_seats(session, agreement.id)
    return Told(agreement, with_unread(stands(asked, given, now), unread))
