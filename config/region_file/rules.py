"""Recurrence rules as a region file writes them: RFC 5545 without a time, or cron with names."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

from bot.domain.calendar import EPOCH, days_of
from config.problem import nearest, one_of
from config.region_file.kinds import WEEKDAYS, wrong

EXAMPLE = 'an RFC 5545 rule, "FREQ=WEEKLY;BYDAY=TH"'
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
MONTH_DAY = r"[+-]?([1-9]|[12][0-9]|3[01])"
YEAR_DAY = r"[+-]?[1-9][0-9]{0,2}"
WEEKDAY = "(MO|TU|WE|TH|FR|SA|SU)"
PARTS = {
    "FREQ": r"\w*",
    "INTERVAL": r"[1-9][0-9]{0,2}",
    "BYDAY": rf"([+-]?[1-5])?{WEEKDAY}",
    "BYMONTHDAY": MONTH_DAY,
    "BYMONTH": r"[1-9]|1[0-2]",
    "BYSETPOS": MONTH_DAY,
    "BYWEEKNO": r"[+-]?([1-9]|[1-4][0-9]|5[0-3])",
    "BYYEARDAY": YEAR_DAY,
    "WKST": WEEKDAY,
}
"""The parts a rule may have, and what each of a part's values looks like."""
REFUSED = {
    "UNTIL": "a rule without end; a temporary forum has `temporary.ends`",
    "COUNT": "a rule without end; a temporary forum has `temporary.ends`",
    "BYHOUR": "a rule of days; the time stands in `at`",
    "BYMINUTE": "a rule of days; the time stands in `at`",
    "BYSECOND": "a rule of days; the time stands in `at`",
}
CRON_DAYS = dict(zip(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), WEEKDAYS, strict=True))


def _rule(text: str) -> str:
    """Read a rule. Each value is looked at, since a wrong one may keep dateutil busy for ever."""
    pairs = [part.partition("=")[::2] for part in text.upper().split(";")]
    for name, values in pairs:
        _check_part(name, values)
    written = dict(pairs)
    if len(written) < len(pairs):
        wrong(f'"{text}" says something twice', "each part once")
    frequency = written.get("FREQ", "")
    if frequency not in FREQUENCIES:
        near = nearest(frequency, FREQUENCIES)
        wrong(f'the rule\'s FREQ is "{frequency}"', one_of(FREQUENCIES), near)
    if frequency == "DAILY" and "BYSETPOS" in written:
        wrong("a daily rule has BYSETPOS", "BYSETPOS with a longer FREQ: a day is one day")
    _check_reading(text.upper())
    return text.upper()


def _check_part(name: str, values: str) -> None:
    if name in REFUSED:
        wrong(f"the rule has {name}", REFUSED[name])
    if name not in PARTS:
        wrong(f'the rule has "{name}"', one_of(PARTS), nearest(name, PARTS))
    for value in values.split(","):
        if not re.fullmatch(PARTS[name], value):
            wrong(f'the rule\'s {name} has "{value}"', EXAMPLE)


def _check_reading(rule: str) -> None:
    try:
        next(days_of(rule, EPOCH.date(), EPOCH.date()), None)
    except (ValueError, TypeError, KeyError, IndexError) as error:
        wrong(f'"{rule}" is not a recurrence rule ({error})', EXAMPLE)


def _cron(text: str) -> str:
    read_cron(text)
    return text


def read_cron(text: str) -> tuple[str, str]:
    """Turn a cron line into (rule, clock): minute, hour, day of month or *, *, weekdays or *."""
    fields = text.split()
    if len(fields) != len(("minute", "hour", "day", "month", "weekday")):
        wrong(f'"{text}" is not a cron line', 'five fields, "0 15 * * fri"')
    minute, hour, day, month, weekdays = fields
    if month != "*":
        wrong(f'the cron line names a month, "{month}"', '"*", or an RFC 5545 `rule` instead')
    if day != "*" and weekdays != "*":
        wrong("the cron line names both a day and a weekday", "one of them, and * for the other")
    return _cron_rule(day, weekdays), _cron_clock(minute, hour)


def _cron_clock(minute: str, hour: str) -> str:
    clock = f"{hour:0>2}:{minute:0>2}"
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", clock):
        wrong(f'the cron line\'s time is "{minute} {hour}"', 'one minute and one hour, "0 15"')
    return clock


def _cron_rule(day: str, weekdays: str) -> str:
    if weekdays != "*":
        names = ",".join(_cron_day(name) for name in weekdays.split(","))
        return f"FREQ=WEEKLY;BYDAY={names}"
    if day == "*":
        return "FREQ=DAILY"
    if not re.fullmatch(r"[1-9]|[12][0-9]|3[01]", day):
        wrong(f'the cron line\'s day is "{day}"', "1 to 31, or *")
    return f"FREQ=MONTHLY;BYMONTHDAY={day}"


def _cron_day(name: str) -> str:
    found = CRON_DAYS.get(name.lower())
    if found is None:
        why = ": numbers mean different days to different programs" if name.isdigit() else ""
        wrong(
            f'the cron line\'s weekday is "{name}"{why}',
            one_of(CRON_DAYS),
            nearest(name, CRON_DAYS),
        )
    return found


Rule = Annotated[str, AfterValidator(_rule)]
Cron = Annotated[str, AfterValidator(_cron)]
