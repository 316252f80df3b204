"""The kinds of text a region file holds: codes, names, clocks, rules, limits.

Each is checked where it stands, and says what was expected. The value stays as it was written;
`config.region_file.build` turns it into the domain's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Annotated, NoReturn
from zoneinfo import ZoneInfo, available_timezones

import holidays
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from bot.domain.region import After, NextMeeting, NextWorkday, SameDay, TimeLimit, Workdays
from config.problem import nearest

LONGEST_MINUTES = 366 * 24 * 60
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

CODE = r"^[^\W_][\w-]{0,31}$"
CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
EMAIL = r"^[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,189}$"
LANGUAGE = r"^[a-z]{2}$"
LIMIT_KEY = r"^limit_[a-z]{3}$"
WEEKDAY_CLOCK = rf"^({'|'.join(WEEKDAYS)}) ([01][0-9]|2[0-3]):[0-5][0-9]$"
MXID = r"^@[^\s:]+:[^\s:]+(:[0-9]{1,5})?$"


def wrong(message: str, expected: str = "", near: str = "") -> NoReturn:
    """Refuse a value in the way that `config.region_file.structure` reads back."""
    raise PydanticCustomError(
        "wrong", "{message}", {"message": message, "expected": expected, "nearest": near}
    )


def matching(pattern: str, what: str) -> Callable[[str], str]:
    """Make a check that a text looks as it must; `what` says how, a comma after its noun."""

    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            wrong(f'"{text}" is not {what.split(",", maxsplit=1)[0]}', what)
        return text

    return check


def _one_line(text: str) -> str:
    if not text.strip():
        wrong("the text is empty", "words")
    if not text.isprintable():
        wrong("the text has characters that cannot be shown", "one line of words")
    return text.strip()


def _day(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError:
        wrong(f'"{text}" is not a date', 'a date, "2027-06-30"')
    return text


def _moment(text: str) -> str:
    try:
        naive = datetime.fromisoformat(text).tzinfo is None
    except ValueError:
        naive = False
    if not naive:
        wrong(f'"{text}" is not a local time', 'a local time, "2026-11-02T08:00"')
    return text


def _zone(text: str) -> str:
    if text not in available_timezones():
        near = nearest(text, available_timezones())
        wrong(f'unknown time zone "{text}"', 'an IANA zone, "Europe/Stockholm"', near)
    return text


def _holidays(text: str) -> str:
    country, _, part = text.partition("-")
    known = holidays.list_supported_countries()
    if country not in known:
        wrong(f'unknown country "{text}"', 'two letters, "SE", or with a part, "GB-SCT"')
    if part and part not in known[country]:
        near = nearest(part, known[country])
        wrong(f'{country} has no part "{part}"', f"one of {', '.join(known[country])}", near)
    return text


def _week_label(text: str) -> str:
    if "{iso_week}" not in text:
        wrong(f'"{text}" names no week', 'a text with {iso_week} in it, "v. {iso_week}"')
    return text


def read_limit(written: int | str) -> TimeLimit | None:
    """Read a time limit; None when it is none."""
    if isinstance(written, int):
        return After(written) if 0 <= written <= LONGEST_MINUTES else None
    if written == "next_meeting":
        return NextMeeting()
    if match := re.fullmatch(r"([1-9][0-9]?)_workdays?", written):
        return Workdays(int(match[1]))
    clock = written.removeprefix("next_workday ")
    if not re.fullmatch(CLOCK, clock):
        return None
    at = time.fromisoformat(clock)
    return SameDay(at) if clock == written else NextWorkday(at)


def _limit(written: int | str) -> int | str:
    if read_limit(written) is None:
        wrong(
            f'"{written}" is not a time limit',
            'minutes, "15:00", "next_workday 12:00", "1_workday" or "next_meeting"',
        )
    return written


def zone(name: str) -> ZoneInfo:
    """Give the zone of a name already found right."""
    return ZoneInfo(name)


Line = Annotated[str, Field(max_length=200), AfterValidator(_one_line)]
Purpose = Annotated[str, Field(max_length=1000), AfterValidator(_one_line)]
Code = Annotated[
    str,
    AfterValidator(matching(CODE, "a code, letters, digits, - and _, at most 32")),
    Field(json_schema_extra={"pattern": CODE}),
]
Clock = Annotated[
    str,
    AfterValidator(matching(CLOCK, 'a clock time, "09:00"')),
    Field(json_schema_extra={"pattern": CLOCK}),
]
WeekdayClock = Annotated[
    str,
    AfterValidator(matching(WEEKDAY_CLOCK, 'a weekday and a clock time, "WE 12:00"')),
    Field(json_schema_extra={"pattern": WEEKDAY_CLOCK}),
]
Mxid = Annotated[
    str,
    AfterValidator(matching(MXID, 'a Matrix id, "@name:server"')),
    Field(json_schema_extra={"pattern": MXID}),
]
LanguageCode = Annotated[
    str,
    AfterValidator(matching(LANGUAGE, 'a language, two small letters, "sv"')),
    Field(json_schema_extra={"pattern": LANGUAGE}),
]
Email = Annotated[
    str,
    Field(max_length=254),
    AfterValidator(matching(EMAIL, 'an address for e-mail, "tib@rosvik.example"')),
    Field(json_schema_extra={"pattern": EMAIL}),
]
Day = Annotated[str, AfterValidator(_day), Field(json_schema_extra={"format": "date"})]
Moment = Annotated[str, AfterValidator(_moment)]
Zone = Annotated[str, AfterValidator(_zone)]
Holidays = Annotated[str, AfterValidator(_holidays)]
WeekLabel = Annotated[Line, AfterValidator(_week_label)]
LimitText = Annotated[int | str, AfterValidator(_limit)]
Minutes = Annotated[int, Field(ge=1, le=LONGEST_MINUTES)]
