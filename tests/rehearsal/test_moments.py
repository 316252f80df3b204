"""Times of a scenario: as written, in the region's zone, never back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.rehearsal.moments import NotATime, read_at, read_delay, read_start
from bot.rehearsal.reading import read_script
from bot.rehearsal.script import ScenarioFileWrong

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NINE = datetime(2026, 10, 14, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("15:51", "2026-10-14T15:51:00+02:00"),
        ("15.51", "2026-10-14T15:51:00+02:00"),
        ("2026-11-04 09:00", "2026-11-04T09:00:00+01:00"),
        ("2026-11-04T09:00", "2026-11-04T09:00:00+01:00"),
        ("+2m", "2026-10-14T09:02:00+02:00"),
        ("+1h30m", "2026-10-14T10:30:00+02:00"),
    ],
)
def test_a_time_is_read_by_the_clocks_of_the_region(text: str, expected: str) -> None:
    found = read_at(text, NINE, STOCKHOLM)

    assert found == datetime.fromisoformat(expected)


def test_a_day_later_by_the_clock_is_not_a_day_later_by_the_sun() -> None:
    saturday = read_start("2026-10-24T09:00", STOCKHOLM)

    sunday = read_at("2026-10-25 09:00", saturday, STOCKHOLM)

    assert sunday - saturday == timedelta(hours=25)


@pytest.mark.parametrize("text", ["", "soon", "24:00", "+", "+5", "2026-13-01 09:00", "-5m"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(NotATime, match=r'a time "15:51"'):
        read_at(text, NINE, STOCKHOLM)


@given(st.integers(0, 999), st.sampled_from("smhd"))
def test_a_delay_is_read_as_it_is_written(count: int, unit: str) -> None:
    seconds = {"s": 1, "m": 60, "h": 3600, "d": 86400}[unit]

    assert read_delay(f"{count}{unit}").total_seconds() == count * seconds


TIMES = st.one_of(
    st.integers(0, 500).map(lambda minutes: f"+{minutes}m"),
    st.tuples(st.integers(0, 23), st.integers(0, 59)).map(lambda at: f"{at[0]:02}:{at[1]:02}"),
    st.integers(14, 30).map(lambda day: f"2026-10-{day} 12:00"),
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(TIMES, min_size=1, max_size=8))
def test_time_never_goes_back_in_what_is_played(
    write: Callable[[str], Path], times: list[str]
) -> None:
    steps = "".join(f"  - {{at: '{at}', who: amira, in: VSK, say: hej}}\n" for at in times)

    try:
        played = [step.at for step in read_script(write(f"steps:\n{steps}")).steps]
    except ScenarioFileWrong as wrong:
        assert "time goes back" in str(wrong)  # noqa: PT017 - either it is refused, or it is right
    else:
        assert played == sorted(played)
