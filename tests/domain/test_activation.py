"""What activated mode needs, when its conferences meet, who is told, who may not agree."""

from __future__ import annotations

import functools
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import activation, rhythm
from bot.domain.model import Holding
from bot.domain.region import Region
from config.region import load_region

HOUSE = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def region() -> Region:
    return the_law()


def at(region: Region, local: str) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=region.timezone)


def times(region: Region, text: str, now: str = "2026-11-03T16:12") -> list[str]:
    found = rhythm.read(text, region, at(region, now))
    return [one.astimezone(region.timezone).strftime("%d %H.%M") for one in found.times]


@pytest.mark.parametrize(
    "text",
    ["16.40,18.30,20.30", "16:40, 18:30 och 20:30", "20.30 18.30 16.40", "kl 16.40;18.30;20.30"],
)
def test_times_are_read_however_they_are_parted(region: Region, text: str) -> None:
    assert times(region, text) == ["03 16.40", "03 18.30", "03 20.30"]


def test_a_rhythm_crosses_midnight(region: Region) -> None:
    assert times(region, "22.30,00.30,02.30", "2026-11-03T22:00") == [
        "03 22.30", "04 00.30", "04 02.30",
    ]  # fmt: skip


def test_a_time_that_has_passed_is_the_next_days(region: Region) -> None:
    assert times(region, "16.12,18.30") == ["03 18.30", "04 16.12"]


def test_one_time_alone_gets_two_more_two_hours_apart(region: Region) -> None:
    found = rhythm.read("16.40", region, at(region, "2026-11-03T16:12"))

    assert found.guessed
    assert times(region, "16.40") == ["03 16.40", "03 18.40", "03 20.40"]


def test_minutes_from_now_are_whole_minutes(region: Region) -> None:
    now = at(region, "2026-11-03T16:12") + timedelta(seconds=31)

    found = rhythm.read("+28m,18.30", region, now)

    assert found.first == at(region, "2026-11-03T16:40")


@pytest.mark.parametrize(("text", "word"), [("16.40,sen", "sen"), ("25.10", "25.10"), (" , ", "")])
def test_what_is_no_time_is_named(region: Region, text: str, word: str) -> None:
    with pytest.raises(rhythm.NoTime) as slip:
        rhythm.read(text, region, at(region, "2026-11-03T16:12"))

    assert slip.value.word == word


def test_the_night_the_clocks_go_back_every_time_comes_once(region: Region) -> None:
    found = rhythm.read("01.30,02.30,03.30", region, at(region, "2026-10-25T00:10"))

    assert [one.astimezone(UTC).strftime("%H.%M") for one in found.times] == [
        "23.30", "00.30", "02.30",
    ]  # fmt: skip


@functools.cache
def the_law() -> Region:
    return load_region(HOUSE / "config/example/malarvik.yaml", date(2026, 11, 3))


@given(
    st.lists(st.times(), min_size=2, max_size=8, unique_by=lambda at: (at.hour, at.minute)),
    st.integers(min_value=0, max_value=366 * 24 * 60),
)
def test_every_time_is_ahead_within_a_day_and_in_order(clocks: list[time], minutes: int) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)

    found = rhythm.read(",".join(f"{one:%H.%M}" for one in clocks), the_law(), now).times

    assert list(found) == sorted(set(found))
    assert all(now < one <= now + timedelta(hours=26) for one in found)


def test_a_conference_is_called_so_that_holder_and_five_more_can_be_asked(region: Region) -> None:
    ahead = rhythm.called_before(region, at(region, "2026-11-03T16:12"))

    assert ahead == timedelta(minutes=5 + 5 * 3)


def test_it_does_not_begin_without_times_and_an_end() -> None:
    assert activation.missing(None, None) == ("rhythm", "end")
    assert activation.missing(("16.40",), "  ") == ("end",)
    assert activation.missing(("16.40",), "tunneln öppen") == ()


def test_the_lead_is_the_areas_authority_unless_said_otherwise(region: Region) -> None:
    assert activation.usual_lead(region) == "lst.TIB"


@pytest.mark.parametrize(
    "info",
    [
        "Bekräftat: bussbrand, 38 utrymda. Obekräftat: rök. Vet inte: när tunneln öppnar.",
        "Confirmed: bussbrand, 38 utrymda. Unconfirmed: rök. Not known: när tunneln öppnar.",
    ],
)
def test_information_is_taken_apart_by_its_labels(info: str) -> None:
    assert activation.parts(info) == {
        "confirmed": "bussbrand, 38 utrymda.",
        "unconfirmed": "rök.",
        "unknown": "när tunneln öppnar.",
    }


def test_information_without_labels_is_left_whole() -> None:
    assert activation.parts("Det brinner. Obekräftat: rök.") == {}


def test_every_organisation_is_told_and_who_is_not_is_named(region: Region) -> None:
    contacts = {each.contact_point for each in region.organisations.values()}
    manned = contacts - {"granholm.SAK", "flyg.JOUR"}
    roster = {
        code: [Holding(function=code, rank=1, mxid=f"@{code}", name=code, source="test")]
        for code in manned
    }

    told = activation.informed(region, roster)

    assert len(told) == 30  # 31 organisations, one of them only ever co-opted
    assert "nord" not in [each.organisation for each in told]
    assert activation.not_informed(told) == [
        {"organisation": "flyg", "instead": None},
        {"organisation": "granholm", "instead": "rtjn.RCB"},
    ]


def test_seats_that_lack_the_mandate_are_named_with_who_has_it_at_home(region: Region) -> None:
    gaps = activation.mandate_gaps(region, region.forum("ASK"), date(2026, 11, 3))

    by_mandate = {gap["mandate"]: gap for gap in gaps}
    assert by_mandate["RESURS"]["kinds"] == ["resurs"]
    seats = {each["function"]: each["backer"] for each in by_mandate["RESURS"]["seats"]}
    assert seats["ekviken.TIB"] == "ekviken.KD"
    assert "malarvik.TIB" not in seats
    assert [each["function"] for each in by_mandate["SAMORDNA"]["seats"]] == ["mil.VB"]
