"""A wall time as a moment: what a shift's begin and end mean in the nights when clocks change.

Of a time that comes twice, a begin is the first and an end the last: two hold the function for
that hour, rather than nobody. A time that does not exist is moved on by the missing hour, begin
and end alike, so that shifts that meet there still meet.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo


def begins_at(written: date | datetime, zone: tzinfo) -> datetime:
    """Give the moment, in UTC, at which something written so begins; a day at its midnight."""
    return _in(written, zone).replace(fold=0).astimezone(UTC)


def ends_at(written: date | datetime, zone: tzinfo) -> datetime:
    """Give the moment, in UTC, at which something written so ends; a day at its midnight."""
    at = _in(written, zone)
    return max(at.replace(fold=fold).astimezone(UTC) for fold in (0, 1))


def _in(written: date | datetime, zone: tzinfo) -> datetime:
    """Give it a time of day and the zone, where it has none of its own."""
    if not isinstance(written, datetime):
        return datetime(written.year, written.month, written.day, tzinfo=zone)
    return written if written.tzinfo else written.replace(tzinfo=zone)
