"""How fast the line is: a command read, understood, answered, kept and sent, 1,000 times."""

from __future__ import annotations

import shutil
import statistics
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.lab import (
    ME,
    PYTHON,
    SAMVERKAN,
    Figure,
    Null,
    Place,
    cpu_seconds,
    example_region,
    furnish,
    places,
    process,
    script,
    settings_file,
    show,
)

COMMANDS, BATCH, WARM, ROUNDS = 1000, 50, 100, 3
SAID = "!hjälp hjälp"
Layout = dict[str, list[Place]]


@dataclass(frozen=True)
class Run:
    """One run: replies a second by the clock, and milliseconds of processor for each reply."""

    speed: float
    work: float
    length: int


async def test_replies_per_second(tmp_path: Path) -> None:
    region = example_region()
    (tmp_path / "state").mkdir()
    template = tmp_path / "furnished.db"
    await furnish(f"sqlite:///{template}", region)
    rooms = places(region)
    layouts = {"one room": rooms[:1], "40 rooms": rooms}
    ours: dict[str, list[Run]] = {name: [] for name in layouts}
    bare: dict[str, list[Run]] = {name: [] for name in layouts}

    for _ in range(ROUNDS):
        for name, where in layouts.items():
            ours[name].append(await measure_ours(tmp_path, template, where))
            length = ours[name][-1].length
            bare[name].append(await measure_bare(tmp_path, length, where))

    show(f"{COMMANDS} commands in batches of {BATCH}, medians of {ROUNDS}", figures(ours, bare))


async def measure_ours(folder: Path, template: Path, where: list[Place]) -> Run:
    state = folder / "state"
    shutil.rmtree(state)
    state.mkdir()
    shutil.copy(template, state / "samverkan.db")
    async with Null.running(folder) as null:
        file = settings_file(folder, null.url, ME, "null")
        return await measure(null, [*SAMVERKAN, "run", "--settings", str(file)], where, folder)


async def measure_bare(folder: Path, length: int, where: list[Place]) -> Run:
    async with Null.running(folder) as null:
        return await measure(
            null, [*PYTHON, "tests.benchmarks.bare_bot", null.url, str(length)], where, folder
        )


async def measure(null: Null, command: list[str], where: list[Place], folder: Path) -> Run:
    async with process(*command, log=folder / "bot.log") as bot:
        await null.quiet(bot)
        await null.play(script(where, SAID, WARM, BATCH))
        await null.quiet(bot)
        before = cpu_seconds(bot.pid)
        score = await null.play(script(where, SAID, COMMANDS, BATCH))
        await null.quiet(bot)
        spent = cpu_seconds(bot.pid) - before
    length = len(score["reply"]["body"])
    return Run(COMMANDS / score["seconds"], 1000 * spent / COMMANDS, length)


def figures(ours: dict[str, list[Run]], bare: dict[str, list[Run]]) -> list[Figure]:
    lines = []
    for name in ours:
        we, they = (statistics.median(run.speed for run in runs[name]) for runs in (ours, bare))
        lines.append(
            Figure(f"replies a second, {name}", f"{we:.0f}", f"{they:.0f}", we / they, "≥ 1.0")
        )
        we, they = (statistics.median(run.work for run in runs[name]) for runs in (ours, bare))
        lines.append(
            Figure(f"processor, ms a reply, {name}", f"{we:.2f}", f"{they:.2f}", we / they, "")
        )
    return lines
