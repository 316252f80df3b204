"""Take a calendar apart, in a process of its own: `python -m bot.rosters.expand SINCE UNTIL`.

A calendar is what somebody else wrote, and the libraries that read it can be kept busy for ever
by one line. So this runs apart, with little memory and little time, reads the calendar from its
input and writes what it found, or what is wrong, as JSON. It opens no file and no connection.
"""

from __future__ import annotations

import json
import resource
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import unquote

import icalendar
import recurring_ical_events

from bot.domain.walltime import begins_at, ends_at

CPU_SECONDS, MEMORY_BYTES = 15, 1 << 30
MOST_PARTS, MOST_SHIFTS, MOST_ZONES = 10_000, 5_000, 50
YEARS = range(1970, 2100)
FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
TOO_FINE = ("BYHOUR", "BYMINUTE", "BYSECOND")
MOST_TIMES = 2_000
"""How often a rule may count, and how many days may be added or left out."""
NEEDED = frozenset(
    {"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"}
    | {"STATUS", "SUMMARY", "ATTENDEE"}
)
"""What must be readable of an event; of the rest, anything may be odd."""
NOT_PEOPLE = frozenset({"ROOM", "RESOURCE"})

Fault = dict[str, str]


class _Wrong(Exception):  # noqa: N818 - named for what is wrong
    """The calendar is refused for that reason, about that event if it is about one."""

    def __init__(self, why: str, event: Any = None, detail: str = "") -> None:  # noqa: ANN401
        super().__init__(why)
        title = str(event.get("SUMMARY", "")) if event is not None else ""
        self.fault: Fault = {"why": why, "event": title[:200], "detail": detail[:200]}


def main() -> None:
    """Read, and write JSON: a list of shifts, or a mapping that tells what is wrong."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    since, until = map(datetime.fromisoformat, sys.argv[1:3])
    try:
        found: object = list(shifts(sys.stdin.buffer.read(), since, until))
    except _Wrong as wrong:
        found = wrong.fault
    except Exception as error:  # noqa: BLE001 - whatever a stranger's file does to the libraries
        found = {"why": "no_calendar", "event": "", "detail": type(error).__name__}
    json.dump(found, sys.stdout)


def shifts(raw: bytes, since: datetime, until: datetime) -> Iterator[dict[str, Any]]:
    """Go through what happens between two moments. Raise _Wrong, or what the libraries raise."""
    if raw.upper().count(b"BEGIN:") > MOST_PARTS:
        raise _Wrong("too_many")
    series: dict[str, list[Any]] = defaultdict(list)
    for event in _events(raw):
        _check(event)
        series[str(event.get("UID", id(event)))].append(event)
    count = 0
    for events in series.values():
        whole = icalendar.Calendar()
        whole.subcomponents = events
        for each in recurring_ical_events.of(whole).between(since, until):
            count += 1
            if count > MOST_SHIFTS:
                raise _Wrong("too_many", each)
            if str(each.get("STATUS", "")).upper() != "CANCELLED":
                yield _shift(each)


def _events(raw: bytes) -> Iterator[Any]:
    """Go through the events of every calendar in a file."""
    calendars = icalendar.Calendar.from_ical(raw, multiple=True)
    if not calendars or any(each.name != "VCALENDAR" for each in calendars):
        raise _Wrong("no_calendar")
    if sum(len(each.walk("VTIMEZONE")) for each in calendars) > MOST_ZONES:
        raise _Wrong("too_many")
    for each in calendars:
        yield from each.walk("VEVENT")


def _check(event: Any) -> None:  # noqa: ANN401 - the library's own
    """Refuse an event that cannot be read for certain. Raise _Wrong."""
    broken = next((name for name, _ in event.errors if name in NEEDED), None)
    if broken or event.get("DTSTART") is None:
        raise _Wrong("property", event, broken or "DTSTART")
    for name in ("DTSTART", "DTEND", "RECURRENCE-ID"):
        written = event.get(name)
        if written is not None:
            _check_time(event, written)
    if sum(_size(each) for name in ("RDATE", "EXDATE") for each in _all(event, name)) > MOST_TIMES:
        raise _Wrong("rule", event, "EXDATE")
    for rule in _all(event, "RRULE"):
        _check_rule(event, rule)


def _check_time(event: Any, written: Any) -> None:  # noqa: ANN401
    at = written.dt
    if at.year not in YEARS:
        raise _Wrong("year", event, str(at.year))
    zone = written.params.get("TZID")
    if zone and isinstance(at, datetime) and at.tzinfo is None:
        raise _Wrong("zone", event, str(zone))


def _check_rule(event: Any, rule: Any) -> None:  # noqa: ANN401
    """Refuse a rule that no duty follows, or that never comes to an end of counting."""
    frequency = str(next(iter(rule.get("FREQ", [])), ""))
    fine = frequency not in FREQUENCIES or any(name in rule for name in TOO_FINE)
    still = any(int(step) < 1 for step in rule.get("INTERVAL", []))
    often = any(int(count) > MOST_TIMES for count in rule.get("COUNT", []))
    wide = sum(len(_listed(values)) for values in rule.values()) > MOST_TIMES
    if fine or still or often or wide:
        raise _Wrong("rule", event, frequency)


def _shift(event: Any) -> dict[str, Any]:  # noqa: ANN401
    """Write one event down: its title, its times, and whom it names in which ways."""
    starts, ends = event.start, event.end
    if ends <= starts:
        raise _Wrong("no_length", event)
    people = [_named(each) for each in _all(event, "ATTENDEE") if _comes(each)]
    return {
        "title": str(event.get("SUMMARY", ""))[:500],
        "starts": _written(starts, is_end=False),
        "ends": _written(ends, is_end=True),
        "invited": people,
        "organizer": [name for each in _all(event, "ORGANIZER") for name in _named(each)],
    }


def _written(at: date | datetime, *, is_end: bool) -> str:
    """Write a time: what has a zone as its moment, a day and a wall time as they stand."""
    if isinstance(at, datetime) and at.tzinfo is not None:
        at = ends_at(at, UTC) if is_end else begins_at(at, UTC)
    return at.isoformat()


def _comes(attendee: Any) -> bool:  # noqa: ANN401
    """Tell whether somebody invited is a person who has not said no."""
    kind, said = (str(attendee.params.get(name, "")).upper() for name in ("CUTYPE", "PARTSTAT"))
    return kind not in NOT_PEOPLE and said != "DECLINED"


def _named(address: Any) -> list[str]:  # noqa: ANN401
    """List the ways in which a calendar address names somebody."""
    names = (unquote(str(address)), str(address.params.get("CN", "")))
    return [name[:500] for name in names if name]


def _all(event: Any, name: str) -> list[Any]:  # noqa: ANN401
    """Give a property's values, however often it stands there."""
    return _listed(event.get(name, []))


def _listed(value: Any) -> list[Any]:  # noqa: ANN401
    return value if isinstance(value, list) else [value]


def _size(dates: Any) -> int:  # noqa: ANN401
    """Count the days that one property names."""
    inside: Iterable[Any] = getattr(dates, "dts", ())
    return len(list(inside))


if __name__ == "__main__":
    main()
