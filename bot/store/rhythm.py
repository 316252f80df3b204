"""When a forum meets next: what has been called, or else what the law says."""

from __future__ import annotations

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.calendar import NeverFalls, Occurrence, next_occurrence
from bot.domain.region import Forum, Mode, Region
from bot.store import meetings


async def meets_next(
    session: AsyncSession, region: Region, forum: Forum, now: datetime
) -> Occurrence | None:
    """Give the forum's next meeting; None where it meets only when somebody calls it."""
    called = await meetings.next_in(session, forum.code, now)
    if called is not None:
        return Occurrence(called.starts_at, called.ends_at)
    cadence = forum.cadence.get(Mode.ORDINARY)
    if cadence is None:
        return None
    try:
        return next_occurrence(region, cadence, now)
    except NeverFalls:
        return None
