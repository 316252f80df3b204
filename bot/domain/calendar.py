"""When something comes again, in the region's own days: weeks, holidays, summer time.

Rules are RFC 5545 without a time. They are counted from EPOCH, so that "every third week" means
the same weeks for everybody, always; a weekly rule that names no weekday means Mondays, a
monthly one the first. The wall time is put on afterwards, so 09:00 stays 09:00 when summer time
begins or ends. A wall time that does not exist that night is moved on by the missing hour; of
one that comes twice, the first counts.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import holidays
from dateutil.rrule import rrule, rrulestr

from bot.domain.region import Cadence, HolidayRule, Region

EPOCH = datetime(2024, 1, 1)  # noqa: DTZ001 - a Monday, and a wall time: it has no zone
HORIZON = timedelta(days=366 * 9)
"""How far ahead a rule is looked for: far enough to find a 29 February."""
FURTHEST_MOVE = timedelta(days=14)
"""No row of holidays is longer; an occurrence is never moved further than this."""

SATURDAY = 5


class NeverFalls(LookupError):  # noqa: N818 - says what the rule does
    """The rule gives no day within the horizon. The loader refuses such cadences."""


@dataclass(frozen=True)
class Occurrence:
    """One time that a cadence gives, in UTC; `moved_from` is the holiday it would have been on."""

    starts: datetime
    ends: datetime
    moved_from: date | None = None


def local(region: Region, moment: datetime) -> datetime:
    """Give the region's wall time of a moment."""
    return moment.astimezone(region.timezone)


def as_typed(region: Region, moment: datetime) -> str:
    """Write a moment as a person can type it in a command: "2026-10-15T19:00"."""
    return f"{local(region, moment):%Y-%m-%dT%H:%M}"


def at_wall_time(region: Region, day: date, at: time) -> datetime:
    """Give the moment, in UTC, when the region's clocks show that time on that day."""
    return datetime.combine(day, at, tzinfo=region.timezone).astimezone(UTC)


def week_label(region: Region, day: date) -> str:
    """Write the ISO week as the region does: "v. 42"."""
    return region.week_label.replace("{iso_week}", str(day.isocalendar().week))


def is_holiday(region: Region, day: date) -> bool:
    """Tell whether a day is a public holiday; a plain Sunday is none."""
    return region.holidays is not None and day in _holidays_of(region.holidays)


def is_workday(region: Region, day: date) -> bool:
    """Tell whether people work: Monday to Friday, and no public holiday."""
    return day.weekday() < SATURDAY and not is_holiday(region, day)


def next_workday(region: Region, day: date) -> date:
    """Give the first working day after a day."""
    return _workday_beside(region, day, timedelta(days=1))


def next_occurrence(region: Region, cadence: Cadence, after: datetime) -> Occurrence:
    """Give the first time after a moment, holidays heeded. Raises NeverFalls."""
    for occurrence in _from(region, cadence, after):
        if occurrence.starts > after:
            return occurrence
    raise NeverFalls(cadence.rule)


def occurrences(
    region: Region, cadence: Cadence, start: datetime, end: datetime
) -> Iterator[Occurrence]:
    """Go through the times from `start` up to, not including, `end`."""
    for occurrence in _from(region, cadence, start):
        if occurrence.starts >= end:
            return
        if occurrence.starts >= start:
            yield occurrence


def days_of(rule: str, start: date, end: date) -> Iterator[date]:
    """Go through the days that a rule gives, both ends included. Raises ValueError if no rule."""
    for moment in _counted(rule, end.year).xafter(datetime.combine(start, time.min), inc=True):
        if moment.date() > end:
            return
        yield moment.date()


def _from(region: Region, cadence: Cadence, moment: datetime) -> Iterator[Occurrence]:
    """Go through the times around and after a moment in order, each once."""
    day = local(region, moment).date()
    first, last = _days_around(day)
    seen: datetime | None = None
    for fallen in days_of(cadence.rule, first, last):
        kept = _kept(region, cadence.rule, fallen)
        if kept is None:
            continue
        starts = at_wall_time(region, kept, cadence.at)
        if seen is None or starts > seen:
            seen = starts
            ends = starts + timedelta(minutes=cadence.minutes)
            yield Occurrence(starts, ends, fallen if kept != fallen else None)


def _days_around(day: date) -> tuple[date, date]:
    first = day - FURTHEST_MOVE if day - date.min > FURTHEST_MOVE else day
    last = day + HORIZON if date.max - day > HORIZON else date.max
    return first, last


def _kept(region: Region, rule: str, day: date) -> date | None:
    """Apply the holiday rule to a day; None when the meeting is not held. Daily means daily."""
    if not is_holiday(region, day) or rule.upper() == "FREQ=DAILY":
        return day
    if region.holiday_rule is HolidayRule.DAY_BEFORE:
        return _workday_beside(region, day, timedelta(days=-1))
    if region.holiday_rule is HolidayRule.DAY_AFTER:
        return _workday_beside(region, day, timedelta(days=1))
    return day if region.holiday_rule is HolidayRule.KEEP else None


def _workday_beside(region: Region, day: date, step: timedelta) -> date:
    day += step
    while not is_workday(region, day):
        day += step
    return day


@functools.lru_cache(maxsize=512)
def _counted(rule: str, year: int) -> rrule:
    """Read a rule, counted from EPOCH; ended, so that one that never falls comes to an end."""
    counted = rrulestr(f"{rule};UNTIL={year:04}1231", dtstart=EPOCH, cache=True)
    if not isinstance(counted, rrule):
        raise ValueError(rule)  # noqa: TRY004 - the text is wrong, not its type
    return counted


@functools.cache
def _holidays_of(place: str) -> holidays.HolidayBase:
    """Give the public holidays of a country ("SE") or a part of one ("GB-SCT")."""
    country, _, part = place.partition("-")
    return holidays.country_holidays(country, subdiv=part or None)
