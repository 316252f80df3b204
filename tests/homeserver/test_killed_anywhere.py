"""Killed at sixty points of a scripted hour, the bot loses nothing and says nothing twice."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.homeserver.hour import hour

KILLS_WHEN_SOMEBODY_ACTS = 3
KILL_POINTS = 60
LONGEST_LIFE = 0.3  # seconds; a moment's work takes from nothing to about as long


@pytest.mark.timeout(900)
async def test_killed_at_sixty_points_the_rooms_show_what_an_unbroken_hour_shows(
    tmp_path: Path,
) -> None:
    luck = random.Random(20261102)  # noqa: S311 - the same sixty points every time

    def deaths() -> Iterator[float]:
        return (luck.uniform(0, LONGEST_LIFE) for _ in range(KILLS_WHEN_SOMEBODY_ACTS))

    async def whole() -> dict[str, list[str]]:
        async with hour(tmp_path / "whole") as unbroken:
            await unbroken.play()
            return await unbroken.shown()

    async with hour(tmp_path / "broken") as broken:
        expected, _ = await asyncio.gather(whole(), broken.play(deaths))
        shown = await broken.shown()

    assert broken.kills == KILL_POINTS
    assert shown == expected
