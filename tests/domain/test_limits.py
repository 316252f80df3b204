"""Time limits as moments."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.limits import due
from bot.domain.region import After, NextMeeting, NextWorkday, SameDay, TimeLimit, Workdays
from config.region import load_region

EXAMPLE = Path(__file__).parents[2] / "config" / "example" / "malarvik.yaml"
REGION = load_region(EXAMPLE, date(2026, 11, 2))
THURSDAY = datetime(2026, 11, 5, 8, 30, tzinfo=UTC)
"""Thursday 5 November 2026, 09:30 in the region."""


@pytest.mark.parametrize(
    ("limit", "moment"),
    [
        (After(5), datetime(2026, 11, 5, 8, 35, tzinfo=UTC)),
        (SameDay(time(15)), datetime(2026, 11, 5, 14, tzinfo=UTC)),
        (SameDay(time(9)), datetime(2026, 11, 6, 8, tzinfo=UTC)),
        (NextWorkday(time(12)), datetime(2026, 11, 6, 11, tzinfo=UTC)),
        (Workdays(1), datetime(2026, 11, 6, 8, 30, tzinfo=UTC)),
        (Workdays(2), datetime(2026, 11, 9, 8, 30, tzinfo=UTC)),
        (NextMeeting(), datetime(2026, 11, 12, 8, 30, tzinfo=UTC)),
    ],
)
def test_a_limit_is_out_at_its_moment(limit: TimeLimit, moment: datetime) -> None:
    assert due(limit, THURSDAY, REGION, next_meeting=None) == moment


def test_the_next_meeting_is_the_planned_one_if_it_lies_ahead() -> None:
    planned, past = THURSDAY + timedelta(days=3), THURSDAY - timedelta(days=3)

    assert due(NextMeeting(), THURSDAY, REGION, next_meeting=planned) == planned
    assert due(NextMeeting(), THURSDAY, REGION, next_meeting=past) == THURSDAY + timedelta(days=7)


def test_working_days_step_over_holidays() -> None:
    day_before_good_friday = datetime(2027, 3, 25, 8, tzinfo=UTC)

    moment = due(Workdays(1), day_before_good_friday, REGION, next_meeting=None)

    assert moment == datetime(2027, 3, 30, 7, tzinfo=UTC)


@given(
    limit=st.one_of(
        st.builds(After, st.integers(1, 10_000)),
        st.builds(SameDay, st.times()),
        st.builds(NextWorkday, st.times()),
        st.builds(Workdays, st.integers(1, 20)),
        st.just(NextMeeting()),
    ),
    since=st.datetimes(datetime(2024, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_a_limit_is_always_out_after_it_began(limit: TimeLimit, since: datetime) -> None:
    assert due(limit, since, REGION, next_meeting=None) > since
