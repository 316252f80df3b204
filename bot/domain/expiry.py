"""When it is told that something runs out: in time, and when people are at work (T18)."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from bot.domain.calendar import at_wall_time, local
from bot.domain.limits import due
from bot.domain.region import Mode, Region

MORNING = time(9)
"""What can wait until somebody is at work is told then."""


def told_at(region: Region, ends: datetime) -> datetime:
    """Tell when those who can renew what ends then are told: the morning before the latest time."""
    limit = region.limits[Mode.ORDINARY]["expiry_warning"]
    latest = ends - (due(limit, ends, region, next_meeting=None) - ends)
    return at_wall_time(region, local(region, latest).date() - timedelta(days=1), MORNING)
