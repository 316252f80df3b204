"""Under the homeserver's own rate limits, from which nobody has exempted the bot.

Both tests wait most of their time, and so they wait side by side.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
import pytest_asyncio

from tests.homeserver.between import Between, between
from tests.homeserver.forty import HOUSES, outcome, turns
from tests.homeserver.hour import hour
from tests.homeserver.night import goes_on, night

MINUTES = 2  # a summons, and an answer to it
REFUSED_AT_ONCE = 5  # what is under way when a limit is met first, for each kind of request
KINDS = 3  # messages and state, invitations, rooms

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(900)]


@dataclass
class Slow:
    """What a short hour looked like under the limits, beside one without them."""

    shown: Mapping[str, list[str]]
    expected: Mapping[str, list[str]]
    stood: Between


@dataclass
class Called:
    """What was said when the meeting of the forty opened, who had been asked when, and the log."""

    opening: str
    asked: Counter[tuple[str, datetime]]
    log: str


@dataclass
class Waiting:
    """The two that wait, each on its own homeserver."""

    slow: asyncio.Task[Slow]
    called: asyncio.Task[Called]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def waiting(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Waiting]:
    folders = [tmp_path_factory.mktemp(name) for name in ("slow", "forty")]
    both = Waiting(asyncio.create_task(_slow(folders[0])), asyncio.create_task(_called(folders[1])))
    yield both
    for task in (both.slow, both.called):
        task.cancel()
    await asyncio.gather(both.slow, both.called, return_exceptions=True)


async def _slow(folder: Path) -> Slow:
    stood: list[Between] = []

    @asynccontextmanager
    async def stand(address: str) -> AsyncIterator[str]:
        async with between(address) as proxy:
            stood.append(proxy)
            yield proxy.url

    async def unlimited() -> dict[str, list[str]]:
        async with hour(folder / "unlimited") as free:
            await free.play(minutes=MINUTES)
            return await free.shown()

    async with hour(folder / "limited", default_limits=True, stand=stand) as limited:
        expected, _ = await asyncio.gather(unlimited(), limited.play(minutes=MINUTES))
        return Slow(await limited.shown(), expected, stood[0])


async def _called(folder: Path) -> Called:
    async with night(folder) as there:
        await goes_on(there)
        opening = await there.reads("o01-holder", there.rooms["forum:ALL"], "Present")
    return Called(opening, there.asked(), (folder / "bot.log").read_text())


async def test_under_the_servers_own_limits_all_is_slower_and_nothing_missing(
    waiting: Waiting,
) -> None:
    slow = await waiting.slow

    asked = slow.stood.asked
    refused = [it for it in asked if it.status == 429]
    written = [it for it in asked if it.method in {"PUT", "POST"} and it.status < 300]
    assert slow.shown == slow.expected
    assert refused, "the limits were not met"
    assert len(refused) <= KINDS * REFUSED_AT_ONCE + len(written) // 4
    minutes = slow.stood.minutes()
    assert all(count < 100 for count in minutes.values()), Counter(minutes)


async def test_of_forty_called_at_once_it_is_told_exactly_who_was_reached_and_who_was_not(
    waiting: Waiting,
) -> None:
    called = await waiting.called

    expected = outcome()
    outside = _listed(called.opening, "Acknowledged but not in the room")
    assert outside <= expected["reached"]
    present = len(expected["reached"] - outside)
    assert f"Present {present} of {len(HOUSES)}." in called.opening
    assert _listed(called.opening, "Cannot come") == expected["prevented"]
    assert _listed(called.opening, "Not reached") == expected["silent"]
    assert _listed(called.opening, "Unmanned") == expected["unmanned"]
    assert "No answer yet" not in called.opening
    assert called.asked == {(f"{it.organisation}-{it.who}", it.at): 1 for it in turns()}
    assert "M_LIMIT_EXCEEDED" in called.log, "the limits were not met"


def _listed(words: str, heading: str) -> set[str]:
    """Give the codes of the organisations that a line names."""
    found = re.search(rf"^{heading}: (.*)\.$", words, re.MULTILINE)
    return {f"o{number}" for number in re.findall(r"House (\d\d)", found[1])} if found else set()
