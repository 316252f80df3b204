"""Meetings: the one that is on, the next, and the last that was told of."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import Meeting, MeetingState


async def by_id(session: AsyncSession, meeting_id: str) -> Meeting | None:
    """Find the meeting with that id (M-2026-014)."""
    return (await session.exec(select(Meeting).where(Meeting.id == meeting_id))).one_or_none()


async def open_or_next(session: AsyncSession, forum: str, now: datetime) -> Meeting | None:
    """Find the forum's open meeting, or else the next called one that is not over."""
    return await open_in(session, forum) or await next_in(session, forum, now)


async def open_in(session: AsyncSession, forum: str) -> Meeting | None:
    """Find the forum's meeting that is on now; the one that began last, should there be two."""
    on = select(Meeting).where(Meeting.forum == forum, Meeting.state == MeetingState.OPEN)
    return (await session.exec(on.order_by(col(Meeting.starts_at).desc()).limit(1))).first()


async def next_in(session: AsyncSession, forum: str, now: datetime) -> Meeting | None:
    """Find the forum's earliest called meeting whose end is still to come."""
    called = select(Meeting).where(
        Meeting.forum == forum, Meeting.state == MeetingState.CALLED, Meeting.ends_at > now
    )
    return (await session.exec(called.order_by(col(Meeting.starts_at)).limit(1))).first()


async def called_at(session: AsyncSession, forum: str, starts_at: datetime) -> Meeting | None:
    """Find the forum's meeting that has been called for that very time and is to come."""
    called = select(Meeting).where(
        Meeting.forum == forum, Meeting.starts_at == starts_at, Meeting.state == MeetingState.CALLED
    )
    return (await session.exec(called.order_by(col(Meeting.id)).limit(1))).first()


async def last_published(session: AsyncSession, forum: str) -> Meeting | None:
    """Find the forum's meeting whose digest was published last.

    A meeting that ended by itself with nothing to tell has none, and no `published_at`.
    """
    told = select(Meeting).where(
        Meeting.forum == forum,
        Meeting.state == MeetingState.PUBLISHED,
        col(Meeting.published_at).is_not(None),
    )
    return (await session.exec(told.order_by(col(Meeting.published_at).desc()).limit(1))).first()


async def ended_in(session: AsyncSession, forum: str) -> list[Meeting]:
    """List the forum's meetings that ended and are not told of yet, the oldest first."""
    ended = select(Meeting).where(Meeting.forum == forum, Meeting.state == MeetingState.ENDED)
    return list(await session.exec(ended.order_by(col(Meeting.ended_at))))


async def about(session: AsyncSession, incident: str) -> list[Meeting]:
    """List the meetings about an incident, in order."""
    there = select(Meeting).where(Meeting.incident == incident)
    return list(await session.exec(there.order_by(col(Meeting.starts_at), col(Meeting.id))))


async def in_state(session: AsyncSession, forum: str, state: MeetingState) -> list[Meeting]:
    """List the forum's meetings in that state, the earliest first."""
    there = select(Meeting).where(Meeting.forum == forum, Meeting.state == state)
    return list(await session.exec(there.order_by(col(Meeting.starts_at), col(Meeting.id))))
