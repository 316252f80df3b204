"""How soon a bot of 200 encrypted rooms answers after a restart, and in how much memory."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.crowd import Crowd
from tests.benchmarks.lab import (
    ME,
    SAMVERKAN,
    Figure,
    Null,
    example_region,
    furnish,
    peak_megabytes,
    places,
    process,
    script,
    settings_file,
    show,
)

ROOMS, ROUNDS = 200, 3
SAID = "!hjälp hjälp"


@dataclass(frozen=True)
class Start:
    """Seconds from starting the process to its first answer, and its peak memory in MB."""

    seconds: float
    megabytes: float


async def test_a_start_with_200_encrypted_rooms(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    database = f"sqlite:///{tmp_path}/state/samverkan.db"
    await furnish(database, example_region(), rooms=ROOMS, encrypted=True)

    found = await starts(tmp_path)

    show(f"A start with {ROOMS} encrypted rooms, medians of {ROUNDS}", figures(found))


async def starts(folder: Path) -> list[Start]:
    """Answer once in each room, end, and then start again and again with a command waiting."""
    where = places(example_region(), ROOMS)
    async with Null.running(folder) as null:
        await null.tell_of(where)
        crowd = Crowd(null, where)
        await crowd.arrive()
        settings = settings_file(folder, null.url, ME, "null", encrypted=True)
        command = [*SAMVERKAN, "run", "--settings", str(settings)]
        try:
            async with process(*command, log=folder / "bot.log") as bot:
                await null.quiet(bot)
                said = await crowd.sealed(script(where, SAID, ROOMS, ROOMS))
                await null.quiet(bot)
                await null.play(said)
                await null.quiet(bot)
                first = peak_megabytes(bot.pid)
            again = [await start(null, crowd, command, folder) for _ in range(ROUNDS)]
        finally:
            await crowd.leave()
    return [Start(0.0, first), *again]


async def start(null: Null, crowd: Crowd, command: list[str], folder: Path) -> Start:
    """Start with one command waiting."""
    where = places(example_region(), ROOMS)
    await null.lay_in(await crowd.sealed(script(where[-1:], SAID, 1, 1)))
    began = time.monotonic()
    async with process(*command, log=folder / "bot.log") as bot:
        score = await null.replied(1)
        await null.quiet(bot)
        return Start(score["replied_at"] - began, peak_megabytes(bot.pid))


def figures(found: list[Start]) -> list[Figure]:
    """Tell of the first start, and of those after it."""
    seconds = [it.seconds for it in found[1:]]
    spread = ", ".join(f"{it:.1f}" for it in seconds)
    memory = statistics.median(it.megabytes for it in found[1:])
    return [
        Figure(
            f"start → first answer, s ({spread})", f"{statistics.median(seconds):.1f}", "", None, ""
        ),
        Figure("peak memory of that start, MB", f"{memory:.0f}", "", None, ""),
        Figure(
            "peak memory of the first start, an answer in each room, MB",
            f"{found[0].megabytes:.0f}",
            "",
            None,
            "",
        ),
    ]
