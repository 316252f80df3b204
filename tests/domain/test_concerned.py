"""Which organisations are named, and who speaks for each (S19)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.domain.concerned import Named, function_of, named
from bot.domain.model import ConcernedActor
from bot.domain.region import Region
from config.region import load_region

HOUSE = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def malarvik() -> Region:
    return load_region(HOUSE / "config/example/malarvik.yaml", date(2026, 10, 12))


@pytest.mark.parametrize(
    ("text", "organisations", "unknown"),
    [
        ("trf vag", ("trf", "vag"), ()),
        ("TRF, Trafikverket Mälarvik och ekviken", ("trf", "vag", "ekviken"), ()),
        ("Södra brandförsvarsförbundet", ("rtjs",), ()),
        ("pol.VB", ("pol",), ()),
        ("trf trf", ("trf",), ()),
        ("trf ekvikn", ("trf",), ("ekvikn",)),
        ("", (), ()),
    ],
)
def test_organisations_are_named_as_people_do(
    malarvik: Region, text: str, organisations: tuple[str, ...], unknown: tuple[str, ...]
) -> None:
    assert named(malarvik, text) == Named(organisations, unknown)


@pytest.mark.parametrize(
    ("organisation", "said_as", "function"),
    [
        ("pol", "pol.VB", "pol.VB"),
        ("pol", "pol.OPS", "pol.VB"),
        ("ekviken", "lst.TIB", "ekviken.TIB"),
        ("granholm", "granholm.SAK", "granholm.SAK"),
    ],
)
def test_who_is_on_duty_speaks_for_its_organisation(
    malarvik: Region, organisation: str, said_as: str, function: str
) -> None:
    actor = ConcernedActor(
        incident="H-2026-001", organisation=organisation, said_as=said_as,
        said_at=datetime(2026, 11, 3, tzinfo=UTC),
    )  # fmt: skip

    assert function_of(malarvik, actor) == function
