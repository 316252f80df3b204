"""When a time limit is out: the law's words about time, as a moment (b.4)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.domain.calendar import at_wall_time, local, next_workday
from bot.domain.region import (
    After,
    NextMeeting,
    NextWorkday,
    Region,
    SameDay,
    TimeLimit,
    Workdays,
)

UNTIL_A_MEETING = timedelta(days=7)
"""What "the next meeting" means where none is planned."""


def due(
    limit: TimeLimit, since: datetime, region: Region, *, next_meeting: datetime | None
) -> datetime:
    """Give the moment, in UTC and always after `since`, when a limit that began then is out."""
    if isinstance(limit, After):
        return since.astimezone(UTC) + timedelta(minutes=limit.minutes)
    if isinstance(limit, NextMeeting):
        planned = next_meeting is not None and next_meeting > since
        return (next_meeting if planned and next_meeting else since + UNTIL_A_MEETING).astimezone(
            UTC
        )
    return _on_a_day(limit, since, region)


def _on_a_day(limit: SameDay | NextWorkday | Workdays, since: datetime, region: Region) -> datetime:
    began = local(region, since)
    today = began.date()
    if isinstance(limit, SameDay):
        same = at_wall_time(region, today, limit.at)
        return same if same > since else at_wall_time(region, today + timedelta(days=1), limit.at)
    if isinstance(limit, NextWorkday):
        return at_wall_time(region, next_workday(region, today), limit.at)
    day = today
    for _ in range(limit.days):
        day = next_workday(region, day)
    return at_wall_time(region, day, began.time())
