"""What differs in the rooms is told when it begins to differ, each time it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

import pytest

from bot.matrix.inspection import Inspection
from bot.matrix.rooms import Builder, Look
from bot.store import deadlines
from bot.store.engine import Store

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@dataclass
class Rooms:
    """A builder that finds what the test has left to be mended."""

    steps: Sequence[str] = ()
    told: list[str] = field(default_factory=list)

    async def look(self) -> Look:
        return Look({}, cast("tuple[()]", tuple(self.steps)), ())


@pytest.fixture
def rooms() -> Rooms:
    return Rooms()


@pytest.fixture
def inspection(rooms: Rooms, store: Store) -> Inspection:
    found = lambda: rooms.told.append(" ".join(rooms.steps))  # noqa: E731 - one line of a test
    return Inspection(cast("Builder", rooms), store, lambda: NOW, found)


async def sees(inspection: Inspection, rooms: Rooms, *steps: str) -> None:
    rooms.steps = steps
    await inspection.look()


async def test_a_difference_that_stays_is_told_once(inspection: Inspection, rooms: Rooms) -> None:
    for _ in range(3):
        await sees(inspection, rooms, "the Space is gone")

    assert rooms.told == ["the Space is gone"]


async def test_a_difference_that_was_mended_and_has_come_back_is_told_again(
    inspection: Inspection, rooms: Rooms
) -> None:
    await sees(inspection, rooms, "the Space is gone")
    await sees(inspection, rooms)
    await sees(inspection, rooms, "the Space is gone")

    assert rooms.told == ["the Space is gone"] * 2


async def test_of_two_differences_one_that_comes_back_is_told_again(
    inspection: Inspection, rooms: Rooms, store: Store
) -> None:
    await sees(inspection, rooms, "the Space is gone", "a name")
    await sees(inspection, rooms, "a name")
    await sees(inspection, rooms, "the Space is gone", "a name")

    assert rooms.told == ["the Space is gone a name", "a name", "the Space is gone a name"]
    async with store.read() as session:
        assert [it.subject[:2] for it in await deadlines.due(session, NOW)] == ["2 "]
