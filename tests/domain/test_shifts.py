"""A calendar's shifts as holdings: whom they name, and the nights when the clocks change."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.region import Held
from bot.domain.shifts import CalendarWrong, Fault, Names, Shift, held
from bot.domain.walltime import begins_at, ends_at

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NAMES = Names.of(
    [
        ("Ada Ek", "@ada:x"),
        ("Bo Ek", "@bo:x"),
        ("Eva Alm", "@eva1:x"),
        ("Eva Alm", "@eva2:x"),
        ("Ann Ek", "@ann:x"),
    ]
)
DAY = datetime(2026, 11, 2, 8), datetime(2026, 11, 2, 16)  # noqa: DTZ001 - wall times


def read(title: str, *invited: tuple[str, ...], organizer: tuple[str, ...] = ()) -> list[Held]:
    return held([Shift(title, *DAY, invited, organizer)], "lst.TIB", 1, NAMES, STOCKHOLM)


def who(title: str, *invited: tuple[str, ...], organizer: tuple[str, ...] = ()) -> list[str]:
    return [f"{it.rank} {it.mxid}" for it in read(title, *invited, organizer=organizer)]


def why(title: str, *invited: tuple[str, ...]) -> Fault:
    with pytest.raises(CalendarWrong) as wrong:
        read(title, *invited)
    return wrong.value.fault


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("Ada Ek", ["1 @ada:x"]),
        ("  ada   EK ", ["1 @ada:x"]),
        ("Jour: Ada Ek (länsstyrelsen)", ["1 @ada:x"]),
        ("Jour @cia.berg:malarvik.example", ["1 @cia.berg:malarvik.example"]),
        ("matrix:u/cia:x", ["1 @cia:x"]),
        ("https://matrix.to/#/@cia:x", ["1 @cia:x"]),
        ("Ada Ek /2", ["2 @ada:x"]),
        ("@cia:x/3", ["3 @cia:x"]),
    ],
)
def test_a_title_names_somebody_by_id_or_by_a_name_of_the_roster(
    title: str, named: list[str]
) -> None:
    assert who(title) == named


def test_those_invited_go_before_the_title_and_the_first_is_the_holder() -> None:
    ada, bo = ("mailto:ada@x.se", "Ada Ek"), ("mailto:bo@x.se", "Bo Ek")

    assert who("Jour", ada, bo) == ["1 @ada:x", "2 @bo:x"]
    assert who("Bo Ek", ada) == ["1 @ada:x"]
    assert who("Bo Ek", ("mailto:room@x.se", "Room 3")) == ["1 @bo:x"]
    assert who("Jour", organizer=("mailto:bo@x.se", "Bo Ek")) == ["1 @bo:x"]


def test_a_name_is_shown_as_the_roster_has_it() -> None:
    (known,), (new,) = read("jour ada ek"), read("@cia.berg:x")

    assert (known.person, new.person) == ("Ada Ek", "cia.berg")


def test_who_is_not_known_or_could_be_several_makes_the_calendar_wrong() -> None:
    assert why("Semester") == Fault("nobody", "Semester")
    assert why("Annika Ekström") == Fault("nobody", "Annika Ekström")
    assert why("Eva Alm") == Fault("several", "Eva Alm", "@eva1:x, @eva2:x")
    assert why("Ada Ek och Bo Ek").why == "several"
    assert why("Ada Ek /0").why == "rank"


def test_a_day_is_from_midnight_to_midnight_and_a_wall_time_is_the_regions() -> None:
    day = Shift("Ada Ek", date(2026, 10, 24), date(2026, 10, 26))

    (row,) = held([day], "lst.TIB", 1, NAMES, STOCKHOLM)
    (wall,) = read("Ada Ek")

    assert (row.starts, row.ends) == (
        datetime(2026, 10, 23, 22, tzinfo=UTC),
        datetime(2026, 10, 25, 23, tzinfo=UTC),
    )
    assert wall.starts == datetime(2026, 11, 2, 7, tzinfo=UTC)


def test_a_shift_in_the_hour_that_the_clocks_leave_out_is_none() -> None:
    missing = datetime(2027, 3, 28, 2), datetime(2027, 3, 28, 3)  # noqa: DTZ001 - wall times

    assert held([Shift("Ada Ek", *missing)], "lst.TIB", 1, NAMES, STOCKHOLM) == []


def test_in_the_night_with_an_hour_twice_both_hold_it_for_that_hour() -> None:
    change = datetime(2026, 10, 25, 2, 30)  # noqa: DTZ001 - wall time

    assert begins_at(change, STOCKHOLM) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert ends_at(change, STOCKHOLM) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_in_the_night_without_an_hour_the_next_begins_as_the_last_ends() -> None:
    change = datetime(2027, 3, 28, 2, 30)  # noqa: DTZ001 - wall time

    assert begins_at(change, STOCKHOLM) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert ends_at(change, STOCKHOLM) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


def test_a_moment_of_its_own_is_left_alone() -> None:
    moment = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)

    assert begins_at(moment, STOCKHOLM) == ends_at(moment, STOCKHOLM) == moment


@given(
    st.sampled_from([date(2026, 10, 25), date(2027, 3, 28), date(2027, 1, 10)]),
    st.lists(st.integers(0, 24 * 12), min_size=1, max_size=6, unique=True),
)
def test_shifts_that_follow_each_other_on_the_wall_leave_no_minute_free(
    day: date, cuts: list[int]
) -> None:
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - wall time
    walls = [midnight + timedelta(minutes=5 * cut) for cut in (-1, *sorted(cuts), 24 * 12 + 1)]
    shifts = [
        Shift(f"@p{n}:x", start, end) for n, (start, end) in enumerate(itertools.pairwise(walls))
    ]

    rows = held(shifts, "lst.TIB", 1, NAMES, STOCKHOLM)

    at, over = begins_at(walls[0], STOCKHOLM), ends_at(walls[-1], STOCKHOLM)
    while at < over:
        assert any(it.starts and it.ends and it.starts <= at < it.ends for it in rows)
        at += timedelta(minutes=5)
