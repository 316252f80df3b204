"""When something comes again: the region's own weeks, holidays and summer time."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendar import (
    NeverFalls,
    days_of,
    is_holiday,
    is_workday,
    local,
    next_occurrence,
    next_workday,
    occurrences,
    week_label,
)
from bot.domain.region import Cadence, HolidayRule, Region
from config.region import load_region

EXAMPLE = Path(__file__).parents[2] / "config" / "example" / "malarvik.yaml"
REGION = load_region(EXAMPLE, date(2026, 11, 2))
WEEKLY = Cadence("FREQ=WEEKLY;BYDAY=TH", time(9), 30)

moments = st.datetimes(datetime(2024, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
rules = st.sampled_from(
    [
        "FREQ=DAILY",
        "FREQ=WEEKLY;BYDAY=TH",
        "FREQ=WEEKLY;INTERVAL=3;BYDAY=MO",
        "FREQ=MONTHLY;BYDAY=4TH",
        "FREQ=MONTHLY;INTERVAL=3;BYDAY=1FR",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
    ]
)
cadences = st.builds(Cadence, rules, st.times().map(lambda t: t.replace(microsecond=0)))


def under(rule: HolidayRule) -> Region:
    return dataclasses.replace(REGION, holiday_rule=rule)


def first_after(region: Region, cadence: Cadence, day: date) -> datetime:
    after = datetime.combine(day, time(), tzinfo=UTC)
    return local(region, next_occurrence(region, cadence, after).starts)


@pytest.mark.parametrize(
    ("rule", "day"),
    [
        (HolidayRule.DAY_BEFORE, date(2027, 5, 5)),
        (HolidayRule.DAY_AFTER, date(2027, 5, 7)),
        (HolidayRule.KEEP, date(2027, 5, 6)),
        (HolidayRule.SKIP, date(2027, 5, 13)),
    ],
)
def test_a_conference_on_ascension_day_follows_the_holiday_rule(
    rule: HolidayRule, day: date
) -> None:
    starts = first_after(under(rule), WEEKLY, date(2027, 5, 1))

    assert (starts.date(), starts.time()) == (day, time(9))


def test_a_moved_conference_says_which_day_it_was_moved_from() -> None:
    found = next_occurrence(REGION, WEEKLY, datetime(2027, 5, 1, tzinfo=UTC))
    usual = next_occurrence(REGION, WEEKLY, found.starts)

    assert found.moved_from == date(2027, 5, 6)
    assert usual.moved_from is None
    assert local(REGION, usual.starts).date() == date(2027, 5, 13)


def test_what_is_daily_is_held_on_holidays_too() -> None:
    starts = first_after(REGION, Cadence("FREQ=DAILY", time(6, 45), 10), date(2027, 5, 6))

    assert starts.date() == date(2027, 5, 6)


def test_nine_in_the_morning_stays_nine_when_summer_time_ends() -> None:
    start = datetime(2026, 10, 20, tzinfo=UTC)

    found = list(occurrences(REGION, WEEKLY, start, start + timedelta(days=14)))

    assert [o.starts for o in found] == [
        datetime(2026, 10, 22, 7, tzinfo=UTC),
        datetime(2026, 10, 29, 8, tzinfo=UTC),
    ]
    assert {local(REGION, o.starts).time() for o in found} == {time(9)}
    assert {o.ends - o.starts for o in found} == {timedelta(minutes=30)}


def test_a_wall_time_that_does_not_exist_is_moved_on_by_the_missing_hour() -> None:
    starts = first_after(REGION, Cadence("FREQ=DAILY", time(2, 30)), date(2027, 3, 28))

    assert starts.astimezone(UTC) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert starts.time() == time(3, 30)


def test_of_a_wall_time_that_comes_twice_the_first_counts() -> None:
    nightly = Cadence("FREQ=DAILY", time(2, 30))
    start = datetime(2026, 10, 24, 12, tzinfo=UTC)

    found = [o.starts for o in occurrences(REGION, nightly, start, start + timedelta(days=1))]

    assert found == [datetime(2026, 10, 25, 0, 30, tzinfo=UTC)]


def test_every_third_week_means_the_same_weeks_whenever_one_asks() -> None:
    third = Cadence("FREQ=WEEKLY;INTERVAL=3;BYDAY=MO", time(10), 60)

    found = {first_after(under(HolidayRule.KEEP), third, date(2026, 11, day)) for day in (2, 5, 9)}

    assert {starts.date() for starts in found} == {date(2026, 11, 16)}
    assert (date(2026, 11, 16) - date(2024, 1, 1)).days % 21 == 0


def test_a_quarterly_group_meets_on_the_first_friday_of_the_quarter() -> None:
    found = days_of("FREQ=MONTHLY;INTERVAL=3;BYDAY=1FR", date(2026, 1, 1), date(2026, 12, 31))

    assert list(found) == [date(2026, m, d) for m, d in ((1, 2), (4, 3), (7, 3), (10, 2))]


def test_a_rule_that_never_falls_says_so() -> None:
    never = Cadence("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", time(9))

    with pytest.raises(NeverFalls):
        next_occurrence(REGION, never, datetime(2026, 11, 2, tzinfo=UTC))


def test_sundays_are_no_workdays_and_no_holidays() -> None:
    sunday = date(2026, 11, 8)

    assert not is_workday(REGION, sunday)
    assert not is_holiday(REGION, sunday)
    assert next_workday(REGION, sunday) == date(2026, 11, 9)


def test_the_next_workday_steps_over_easter() -> None:
    assert next_workday(REGION, date(2027, 3, 25)) == date(2027, 3, 30)


def test_weeks_are_iso_weeks_in_the_regions_words() -> None:
    assert week_label(REGION, date(2026, 10, 15)) == "v. 42"
    assert week_label(REGION, date(2027, 1, 3)) == "v. 53"


def test_a_region_without_a_calendar_has_no_holidays() -> None:
    assert is_workday(dataclasses.replace(REGION, holidays=None), date(2027, 5, 6))


@given(cadence=cadences, after=moments)
def test_the_next_occurrence_is_the_first_after_a_moment(cadence: Cadence, after: datetime) -> None:
    found = next_occurrence(REGION, cadence, after)

    assert found.starts > after
    assert next_occurrence(REGION, cadence, found.starts - timedelta(seconds=1)) == found
    between = list(occurrences(REGION, cadence, after + timedelta(seconds=1), found.starts))
    assert [o for o in between if o.starts > after] == []


@given(after=moments)
def test_occurrences_do_not_overlap_in_order_or_in_ranges(after: datetime) -> None:
    middle, end = after + timedelta(days=40), after + timedelta(days=90)

    whole = list(occurrences(REGION, WEEKLY, after, end))

    assert [o.starts for o in whole] == sorted({o.starts for o in whole})
    parts = [*occurrences(REGION, WEEKLY, after, middle), *occurrences(REGION, WEEKLY, middle, end)]
    assert parts == whole


@given(day=st.dates(date(2024, 1, 1), date(2040, 1, 1)))
def test_the_next_workday_is_the_first_one(day: date) -> None:
    found = next_workday(REGION, day)

    assert found > day
    assert is_workday(REGION, found)
    between = [day + timedelta(days=n) for n in range(1, (found - day).days)]
    assert not any(is_workday(REGION, each) for each in between)
