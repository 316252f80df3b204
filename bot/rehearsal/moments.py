"""Times and delays as a scenario writes them: "15:51", "2026-11-04 09:00", "+5m", "40s"."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

CLOCK = re.compile(
    r"(?P<hour>[01]?[0-9]|2[0-3])[:.](?P<minute>[0-5][0-9])(?:[:.](?P<second>[0-5][0-9]))?"
)
DAY = re.compile(r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})[T ](?P<clock>.+)")
PARTS = re.compile(r"(?P<count>[0-9]{1,6})(?P<unit>[smhd])")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}

AT = 'a time "15:51", a date and time "2026-11-04 09:00", or "+5m" after the step before'
DELAY = 'a delay: "40s", "20m", "2h" or "1d"'
START = 'a local date and time, "2026-11-03T15:40"'


class NotATime(ValueError):  # noqa: N818 - says what the text is
    """The text is no time; the message says what was expected."""


def read_delay(text: str) -> timedelta:
    """Read "40s", "20m", "1h30m"; raise NotATime."""
    parts = list(PARTS.finditer(text))
    if not parts or "".join(part[0] for part in parts) != text:
        raise NotATime(DELAY)
    return sum(
        (timedelta(**{UNITS[part["unit"]]: int(part["count"])}) for part in parts), timedelta()
    )


def read_start(text: str, zone: ZoneInfo) -> datetime:
    """Read the local date and time a play begins at, as a moment in UTC; raise NotATime."""
    dated = DAY.fullmatch(text)
    if dated is None:
        raise NotATime(START)
    return _moment(_day(dated["day"], START), _clock(dated["clock"], START), zone)


def read_at(text: str, before: datetime, zone: ZoneInfo) -> datetime:
    """Read a step's time, which may lean on the step before; raise NotATime.

    A clock time is on the simulated day of the step before, by the region's clocks.
    """
    if text.startswith("+"):
        try:
            return before + read_delay(text[1:])
        except NotATime as error:
            raise NotATime(AT) from error
    if dated := DAY.fullmatch(text):
        return _moment(_day(dated["day"], AT), _clock(dated["clock"], AT), zone)
    return _moment(before.astimezone(zone).date(), _clock(text, AT), zone)


def _clock(text: str, expected: str) -> time:
    found = CLOCK.fullmatch(text)
    if found is None:
        raise NotATime(expected)
    return time(int(found["hour"]), int(found["minute"]), int(found["second"] or 0))


def _day(text: str, expected: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise NotATime(expected) from error


def _moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Give the moment at which the region's clocks show that; of two, the first."""
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)
