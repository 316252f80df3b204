"""Chairs that events have moved, for as long as their meetings are not published (R19)."""

from __future__ import annotations

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import Incident, Meeting, MeetingState
from bot.store.forums import CHANGED


async def moved(session: AsyncSession) -> list[tuple[str, str]]:
    """List who chairs instead of a forum's own, as (forum, function); the latest meeting last.

    What is said of a meeting goes before what is said of the incident that it is about.
    """
    there = (
        select(Meeting.forum, Meeting.chair, Incident.chair)
        .join(Incident, col(Incident.id) == col(Meeting.incident), isouter=True)
        .where(Meeting.state != MeetingState.PUBLISHED)
        .where(or_(col(Meeting.chair).is_not(None), col(Incident.chair).is_not(None)))
        .order_by(col(Meeting.starts_at), col(Meeting.id))
    )
    return [(forum, own or its or "") for forum, own, its in await session.exec(there)]


async def move(session: AsyncSession, what: Meeting | Incident, function: str | None) -> None:
    """Let a function chair it from now on; None lets the forum's own."""
    what.chair = function
    session.add(what)
    await session.flush()
    session.info[CHANGED] = True
