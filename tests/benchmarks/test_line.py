"""How fast the line is: a command read, understood, answered, kept and sent, 1,000 times."""

from __future__ import annotations

import shutil
import statistics
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.crowd import Crowd
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

COMMANDS, SEALED, BATCH, WARM, ROUNDS = 1000, 400, 50, 100, 3
SAID = "!hjälp hjälp"


@dataclass(frozen=True)
class Layout:
    """Where it is asked, and whether encrypted."""

    name: str
    where: list[Place]
    encrypted: bool = False

    @property
    def commands(self) -> int:
        """How many are asked; to encrypt them takes its time."""
        return SEALED if self.encrypted else COMMANDS


@dataclass(frozen=True)
class Run:
    """One run: replies a second by the clock, and milliseconds of processor for each reply."""

    speed: float
    work: float
    length: int


Runs = dict[str, list[Run]]


async def test_replies_per_second(tmp_path: Path) -> None:
    rooms = places(example_region())
    await compare([Layout("one room", rooms[:1]), Layout("40 rooms", rooms)], tmp_path)


async def test_replies_per_second_encrypted(tmp_path: Path) -> None:
    rooms = places(example_region())
    one = Layout("one room, encrypted", rooms[:1], encrypted=True)
    await compare([one, Layout("40 rooms, encrypted", rooms, encrypted=True)], tmp_path)


async def compare(layouts: list[Layout], folder: Path) -> None:
    """Measure ours and the bare one in turn, and print."""
    (folder / "state").mkdir()
    encrypted = layouts[0].encrypted
    await furnish(f"sqlite:///{folder}/furnished.db", example_region(), encrypted=encrypted)
    ours: Runs = {each.name: [] for each in layouts}
    bare: Runs = {each.name: [] for each in layouts}
    for _ in range(ROUNDS):
        for each in layouts:
            ours[each.name].append(await measure_ours(folder, each))
            length = ours[each.name][-1].length
            bare[each.name].append(await measure_bare(folder, each, length))
    show(
        f"{layouts[0].commands} commands in batches of {BATCH}, medians of {ROUNDS}",
        figures(ours, bare),
    )


async def measure_ours(folder: Path, layout: Layout) -> Run:
    fresh_state(folder)
    async with Null.running(folder) as null:
        file = settings_file(folder, null.url, ME, "null", encrypted=layout.encrypted)
        command = [*SAMVERKAN, "run", "--settings", str(file)]
        return await measure(null, command, layout, folder)


async def measure_bare(folder: Path, layout: Layout, length: int) -> Run:
    keys = folder / "bare"
    shutil.rmtree(keys, ignore_errors=True)
    keys.mkdir()
    async with Null.running(folder) as null:
        command = [*PYTHON, "tests.benchmarks.bare_bot", null.url, str(length)]
        return await measure(null, command + [str(keys)] * layout.encrypted, layout, folder)


def fresh_state(folder: Path) -> None:
    """Give the bot a database of its region at work, and nothing else."""
    state = folder / "state"
    shutil.rmtree(state)
    state.mkdir()
    shutil.copy(folder / "furnished.db", state / "samverkan.db")


async def measure(null: Null, command: list[str], layout: Layout, folder: Path) -> Run:
    async with AsyncExitStack() as stack:
        crowd = await stack.enter_async_context(gathered(null, layout))
        bot = await stack.enter_async_context(process(*command, log=folder / "bot.log"))
        await null.quiet(bot)
        for count in (WARM, layout.commands):
            said = script(layout.where, SAID, count, BATCH)
            if crowd is not None:
                said = await crowd.sealed(said)
            await null.quiet(bot)
            before = cpu_seconds(bot.pid)
            score = await null.play(said)
            await null.quiet(bot)
            spent = cpu_seconds(bot.pid) - before
    speed, work = count / score["seconds"], 1000 * spent / count
    return Run(speed, work, length_of(score["reply"]))


@asynccontextmanager
async def gathered(null: Null, layout: Layout) -> AsyncIterator[Crowd | None]:
    """Have the rooms' people there with their devices, where it is encrypted."""
    if not layout.encrypted:
        yield None
        return
    await null.tell_of(layout.where)
    crowd = Crowd(null, layout.where)
    await crowd.arrive()
    try:
        yield crowd
    finally:
        await crowd.leave()


def length_of(reply: dict[str, Any]) -> int:
    """Tell how long an answer is; of an encrypted one, about as long as all that is in it."""
    return len(reply["body"]) if "body" in reply else len(reply["ciphertext"]) * 3 // 4


def figures(ours: Runs, bare: Runs) -> list[Figure]:
    lines = []
    for name in ours:
        lines.append(
            figure(
                f"replies a second, {name}",
                "{:.0f}",
                "≥ 1.0",
                [it.speed for it in ours[name]],
                [it.speed for it in bare[name]],
            )
        )
        lines.append(
            figure(
                f"processor, ms a reply, {name}",
                "{:.2f}",
                "",
                [it.work for it in ours[name]],
                [it.work for it in bare[name]],
            )
        )
    return lines


def figure(what: str, form: str, aim: str, ours: list[float], bare: list[float]) -> Figure:
    """Compare medians; the ratios of the single rounds are told beside theirs."""
    we, they = statistics.median(ours), statistics.median(bare)
    pairs = sorted(a / b for a, b in zip(ours, bare, strict=True))
    spread = f"{what} ({pairs[0]:.2f}-{pairs[-1]:.2f})"
    return Figure(spread, form.format(we), form.format(they), we / they, aim)
