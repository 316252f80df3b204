"""How far home a carry-back is, and by when it should be (T13-T15, A6)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.carrybacks import times
from bot.domain.homecoming import Act, counts, lacking, step, wait_until
from bot.domain.model import CarryBack
from bot.domain.region import Region
from config.region import load_region

EXAMPLE = Path(__file__).parents[2] / "config" / "example" / "malarvik.yaml"
NOW = datetime(2026, 10, 15, 7, 46, tzinfo=UTC)  # a Thursday, 09.46 in the region
THURSDAY_AFTER = datetime(2026, 10, 22, 7, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def region() -> Region:
    return load_region(EXAMPLE, date(2026, 10, 15))


def row(
    *,
    own: bool = True,
    received: bool = False,
    carried: bool = False,
    confirmed: bool = False,
    minutes: int = 15,
) -> CarryBack:
    return CarryBack(
        id="AF-2026-0028", meeting="M", forum="VSK", organisation="lindo", seat="lindo.SAK",
        receiver="lindo.KD", own_part=own, part={}, sent_at=NOW,
        receive_by=NOW + timedelta(minutes=minutes), carry_by=NOW + timedelta(hours=1),
        confirm_by=NOW + timedelta(hours=2),
        received_at=NOW if received else None, carried_at=NOW if carried else None,
        confirmed_at=NOW if confirmed else None,
    )  # fmt: skip


def test_ordinary_limits_are_the_next_working_day_and_the_next_meeting(region: Region) -> None:
    by = times(region, "ordinary", NOW, THURSDAY_AFTER)

    friday_noon = datetime(2026, 10, 16, 10, 0, tzinfo=UTC)
    assert (by.receive_by, by.carry_by, by.confirm_by) == (friday_noon, friday_noon, THURSDAY_AFTER)


def test_activated_limits_are_minutes(region: Region) -> None:
    by = times(region, "activated", NOW, None)

    lengths = [each - NOW for each in (by.receive_by, by.carry_by, by.confirm_by)]
    assert lengths == [timedelta(minutes=m) for m in (15, 60, 120)]


def test_no_limit_comes_before_the_one_that_precedes_it(region: Region) -> None:
    tomorrow = NOW + timedelta(hours=21)

    by = times(region, "ordinary", NOW, tomorrow)

    assert NOW < by.receive_by <= by.carry_by <= by.confirm_by


@pytest.mark.parametrize(
    ("there", "wanted"),
    [
        (row(), Act.RECEIVE),
        (row(received=True), Act.CARRY),
        (row(received=True, carried=True), Act.CONFIRM),
        (row(carried=True), Act.CONFIRM),
        (row(received=True, carried=True, confirmed=True), None),
        (row(carried=True, confirmed=True), None),
        (row(own=False), Act.RECEIVE),
        (row(own=False, received=True), None),
    ],
)
def test_what_is_lacking_follows_from_the_three_facts(there: CarryBack, wanted: Act | None) -> None:
    assert lacking(there) is wanted


def test_only_those_with_a_part_of_their_own_are_counted_as_carried() -> None:
    found = counts([row(received=True, carried=True), row(own=False, received=True), row()])

    assert (found.total, found.received, found.own, found.carried, found.confirmed) == (
        3, 2, 2, 1, 0,
    )  # fmt: skip


def test_the_next_in_turn_has_as_long_as_the_carrier_but_never_over_an_hour() -> None:
    assert step(row(minutes=15)) == timedelta(minutes=15)
    assert step(row(minutes=1600)) == timedelta(hours=1)


def test_who_acts_after_the_limit_still_gets_a_turn() -> None:
    late = NOW + timedelta(hours=5)

    assert wait_until(row(), Act.CARRY, late) == late + timedelta(minutes=15)
    assert wait_until(row(), Act.CARRY, NOW) == NOW + timedelta(hours=1)
