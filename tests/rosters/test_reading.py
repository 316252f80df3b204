"""What a calendar says is read as people mean it; what would harm or mislead is refused."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

import pytest

from bot.domain.shifts import CalendarWrong, Fault, Shift
from bot.rosters import reading
from bot.rosters.reading import shifts_of
from tests.rosters.calendar import calendar, event

SINCE, UNTIL = datetime(2026, 10, 20, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC)
ONCE = ("DTSTART:20261024T080000Z", "DTEND:20261024T160000Z")
DAILY = ("DTSTART:20261024T080000Z", "DTEND:20261024T160000Z", "RRULE:FREQ=DAILY;COUNT=4")


async def read(*events: str) -> list[Shift]:
    return await shifts_of(calendar(*events), SINCE, UNTIL)


async def times(*events: str) -> list[str]:
    """Give each shift as "title start end", in UTC."""
    found = sorted(await read(*events), key=lambda it: str(it.starts))
    return [f"{it.title} {it.starts:%d.%H%M} {it.ends:%d.%H%M}" for it in found]


async def fault(raw: bytes) -> Fault:
    with pytest.raises(CalendarWrong) as wrong:
        await shifts_of(raw, SINCE, UNTIL)
    return wrong.value.fault


async def test_an_event_is_a_shift() -> None:
    (shift,) = await read(
        event(*ONCE, 'ATTENDEE;CN="Ada Ek":mailto:ada@x.se', "ORGANIZER:matrix:u/bo%3Ax")
    )

    assert shift == Shift(
        "@ada:x",
        datetime(2026, 10, 24, 8, tzinfo=UTC),
        datetime(2026, 10, 24, 16, tzinfo=UTC),
        (("mailto:ada@x.se", "Ada Ek"),),
        ("matrix:u/bo:x",),
    )


async def test_a_series_leaves_out_and_moves_what_it_says() -> None:
    moved = event(
        "RECURRENCE-ID:20261026T080000Z",
        "DTSTART:20261026T100000Z",
        "DTEND:20261026T160000Z",
        title="@bo:x",
    )

    assert await times(event(*DAILY, "EXDATE:20261025T080000Z"), moved) == [
        "@ada:x 24.0800 24.1600",
        "@bo:x 26.1000 26.1600",
        "@ada:x 27.0800 27.1600",
    ]


async def test_what_is_cancelled_is_no_shift_alone_or_in_a_series() -> None:
    gone = event("RECURRENCE-ID:20261025T080000Z", *ONCE, "STATUS:CANCELLED")
    whole = event(*ONCE, "STATUS:CANCELLED", uid="2")

    assert len(await times(event(*DAILY), gone, whole)) == 3


async def test_who_declined_and_what_is_a_room_is_not_invited() -> None:
    people = (
        "ATTENDEE;PARTSTAT=DECLINED:mailto:ada@x.se",
        "ATTENDEE;CUTYPE=ROOM:mailto:room@x.se",
        "ATTENDEE:mailto:bo@x.se",
    )

    (shift,) = await read(event(*ONCE, *people))

    assert shift.invited == (("mailto:bo@x.se",),)


async def test_days_and_times_without_a_zone_are_left_for_the_region() -> None:
    days, wall = await read(
        event("DTSTART;VALUE=DATE:20261024", "DTEND;VALUE=DATE:20261026", uid="1"),
        event("DTSTART:20261024T080000", "DTEND:20261024T160000", uid="2"),
    )

    assert (days.starts, days.ends) == (date(2026, 10, 24), date(2026, 10, 26))
    assert isinstance(wall.starts, datetime)
    assert wall.starts.tzinfo is None


async def test_a_zone_of_its_own_and_one_by_its_windows_name_are_understood() -> None:
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Vår\nBEGIN:STANDARD\nDTSTART:16010101T000000\n"
        "TZOFFSETFROM:+0300\nTZOFFSETTO:+0300\nEND:STANDARD\nEND:VTIMEZONE\n"
    )
    own = event("DTSTART;TZID=Vår:20261024T080000", "DTEND;TZID=Vår:20261024T160000")
    windows = event(
        "DTSTART;TZID=W. Europe Standard Time:20261024T080000",
        "DTEND;TZID=W. Europe Standard Time:20261024T160000",
        uid="2",
    )

    assert await times(zone, own, windows) == ["@ada:x 24.0500 24.1300", "@ada:x 24.0600 24.1400"]


@pytest.mark.parametrize(
    ("start", "night", "shifts"),
    [
        ("20261024", "the hour comes twice", ["24.1800 25.0130", "25.0030 25.1200"]),
        ("20270327", "the hour is left out", ["27.1900 28.0130", "28.0130 28.1100"]),
    ],
)
async def test_both_nights_when_the_clocks_change_have_no_gap(
    start: str, night: str, shifts: list[str]
) -> None:
    day = int(start) + 1
    evening = event(
        f"DTSTART;TZID=Europe/Stockholm:{start}T200000",
        f"DTEND;TZID=Europe/Stockholm:{day}T023000",
    )
    morning = event(
        f"DTSTART;TZID=Europe/Stockholm:{day}T023000",
        f"DTEND;TZID=Europe/Stockholm:{day}T130000",
        uid="2",
    )

    found = await shifts_of(
        calendar(evening, morning),
        datetime(2026, 10, 1, tzinfo=UTC),
        datetime(2027, 4, 1, tzinfo=UTC),
    )

    assert [f"{it.starts:%d.%H%M} {it.ends:%d.%H%M}" for it in found] == shifts, night


async def test_a_series_goes_on_at_the_same_wall_time_when_summer_time_ends() -> None:
    series = event(
        "DTSTART;TZID=Europe/Stockholm:20261024T080000",
        "DTEND;TZID=Europe/Stockholm:20261024T160000",
        "RRULE:FREQ=DAILY;COUNT=2",
    )

    assert await times(series) == ["@ada:x 24.0600 24.1400", "@ada:x 25.0700 25.1500"]


@pytest.mark.parametrize(
    ("why", "lines"),
    [
        ("rule", (*ONCE, "RRULE:FREQ=SECONDLY")),
        ("rule", (*ONCE, "RRULE:FREQ=HOURLY;INTERVAL=8")),
        ("rule", (*ONCE, "RRULE:FREQ=DAILY;INTERVAL=0")),
        ("rule", (*ONCE, "RRULE:FREQ=DAILY;COUNT=999999999")),
        ("rule", (*ONCE, "RRULE:FREQ=DAILY;BYSECOND=0,1,2,3,4,5")),
        ("property", (*ONCE, "RRULE:FREQ=SOMETIMES")),
        ("property", ("DTSTART:2026-13-45T100000", "DTEND:20261024T160000Z")),
        ("property", ("DTEND:20261024T160000Z",)),
        ("year", ("DTSTART:99991231T080000Z", "DTEND:99991231T160000Z")),
        ("year", ("DTSTART:20261024T080000Z", "DTEND:99991231T235959Z")),
        ("zone", ("DTSTART;TZID=Nowhere/Here:20261024T080000", "DTEND:20261024T160000Z")),
        ("no_length", ("DTSTART:20261024T080000Z", "DTEND:20261024T080000Z")),
        ("no_calendar", ("DTSTART:20261024T080000Z", "DURATION:P9999999D")),
    ],
)
async def test_an_event_that_cannot_be_read_for_certain_is_refused(
    why: str, lines: tuple[str, ...]
) -> None:
    found = await fault(calendar(event(*lines)))

    assert found.why == why
    assert found.event == ("" if why == "no_calendar" else "@ada:x")


@pytest.mark.parametrize("raw", [b"", b"<html>log in</html>", bytes(range(256)) * 9])
async def test_what_is_no_calendar_is_refused(raw: bytes) -> None:
    assert (await fault(raw)).why == "no_calendar"


async def test_more_events_than_a_roster_has_are_refused() -> None:
    assert (await fault(calendar(*[event(*ONCE)] * 10_001))).why == "too_many"
    every_day = (event(*DAILY[:2], "RRULE:FREQ=DAILY", uid=str(n)) for n in range(300))
    assert (await fault(calendar(*every_day))).why == "too_many"


async def test_reading_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "SECONDS", 2.0)
    never = event(*ONCE, "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=2")
    begun = time.monotonic()

    found = await fault(calendar(never))

    assert found == Fault("no_end")
    assert time.monotonic() - begun < 30
