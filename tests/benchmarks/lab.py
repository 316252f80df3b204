"""The laboratory: processes started and stopped, a region at work in a database, and a table."""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.domain.model import Holding, Member, Room
from bot.domain.region import Region
from bot.matrix.wire import Wire
from bot.store.engine import Store
from bot.store.migrations import migrate
from config.region import load_region

HOUSE = Path(__file__).parent.parent.parent
REGION = HOUSE / "config" / "example" / "malarvik.yaml"
ME = "@samverkan:null.example"
QUIET = 0.5  # seconds without a request: the bot has nothing left to do
PYTHON = (sys.executable, "-m")
NULL = (*PYTHON, "tests.benchmarks.null_homeserver")
# As installed from requirements/run.lock: there is no Twisted (Synapse brings it), which structlog
# would import (20 MB) only because it is there.
AS_INSTALLED = "import sys; sys.modules['twisted'] = None; from bot.cli import main; main()"
SAMVERKAN = (sys.executable, "-c", AS_INSTALLED)
Process = asyncio.subprocess.Process


@dataclass(frozen=True)
class Figure:
    """One line of the table: what was measured, ours, the bare one's, and what we aim at."""

    what: str
    ours: str
    bare: str
    ratio: float | None
    aim: str


def show(title: str, figures: Iterable[Figure]) -> None:
    """Print the table."""
    table = Table(title=title, title_justify="left")
    for head in ("what", "ours", "bare", "ratio", "aim"):
        table.add_column(head, justify="left" if head == "what" else "right")
    for each in figures:
        ratio = "" if each.ratio is None else f"{each.ratio:.2f}"
        table.add_row(each.what, each.ours, each.bare, ratio, each.aim)
    Console(width=110).print(table)


@asynccontextmanager
async def process(*arguments: str, log: Path, talks: bool = False) -> AsyncIterator[Process]:
    """Run a process; ended with SIGTERM, then SIGKILL. What it says goes to the log, or to us."""
    with log.open("ab") as errors:
        started = await asyncio.create_subprocess_exec(
            *arguments,
            cwd=HOUSE,
            env=compiling_once(log.parent),
            stdout=asyncio.subprocess.PIPE if talks else errors,
            stderr=errors,
        )
    try:
        yield started
    finally:
        if started.returncode is None:
            started.terminate()
            try:
                async with asyncio.timeout(10):
                    await started.wait()
            except TimeoutError:
                started.kill()
                await started.wait()


def compiling_once(folder: Path) -> dict[str, str]:
    """Give an environment in which the second start finds bytecode, as an installed bot's does.

    Compiling takes half as much memory again for a moment.
    """
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": str(folder / "bytecode")}


def cpu_seconds(pid: int) -> float:
    """Tell how long the processor has worked for that process."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def peak_megabytes(pid: int) -> float:
    """Tell the most memory that process has had at any time (VmHWM)."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def settings_file(
    folder: Path, homeserver: str, user_id: str, password: str, *, encrypted: bool = False
) -> Path:
    """Write the settings of a bot with the example region."""
    file = folder / "samverkan.yaml"
    file.write_text(
        f'homeserver: {homeserver}\nuser_id: "{user_id}"\npassword: "{password}"\n'
        f"state_dir: {folder}/state\nregion: {REGION}\nlog_level: warning\n"
        f"encrypted: {str(encrypted).lower()}\n",
        encoding="utf-8",
    )
    return file


def example_region() -> Region:
    """Read the example region."""
    return load_region(REGION, datetime.now(UTC).date())


def mxid(function: str, rank: int = 1) -> str:
    """Give the invented Matrix id of who holds a function."""
    return f"@{function.lower()}-{rank}:null.example"


def holdings(region: Region) -> list[Holding]:
    """Let every function have its holder and deputies."""
    return [
        Holding(function=code, rank=rank, mxid=mxid(code, rank), name=f"{code} {rank}", source="")
        for code, function in region.functions.items()
        for rank in range(1, function.deputies + 2)
    ]


@dataclass(frozen=True)
class Place:
    """A room, and who speaks in it."""

    room_id: str
    people: tuple[str, ...]


def places(region: Region, count: int = 40) -> list[Place]:
    """Lay out that many rooms: one for each forum, and for the rest direct ones.

    A forum has so many people that none of them asks for more than one person may in a minute.
    """
    people = [each.mxid for each in holdings(region)]
    forums = [Place(f"!{code.lower()}:null.example", tuple(people[:48])) for code in region.forums]
    alone = [Place(f"!direct{n}:null.example", (who,)) for n, who in enumerate(people[48:])]
    return (forums + alone)[:count]


async def furnish(url: str, region: Region, *, rooms: int = 40, encrypted: bool = False) -> None:
    """Make the database of a region at work: everything held, the rooms there, all in them."""
    await migrate(url)
    store = await Store.open(url)
    now = datetime.now(UTC)
    rows: list[Any] = list(holdings(region))
    keys = [f"forum:{code}" for code in region.forums]
    for n, place in enumerate(places(region, rooms)):
        key = keys[n] if n < len(keys) else f"direct:{place.people[0]}"
        rows.append(Room(key=key, room_id=place.room_id, made_at=now, encrypted=encrypted))
        rows += (
            Member(room_id=place.room_id, mxid=who, membership="join", since=now)
            for who in (ME, *place.people)
        )
    async with store.begin() as session:
        session.add_all(rows)
    await store.close()


def script(where: Sequence[Place], body: str, count: int, size: int) -> list[list[dict[str, Any]]]:
    """Write commands, spread over rooms and people, in batches of that size."""
    stamp = int(datetime.now(UTC).timestamp() * 1000)
    turns = itertools.cycle(where)
    items = [_said(next(turns), body, n, n // len(where), stamp) for n in range(count)]
    return [items[at : at + size] for at in range(0, count, size)]


def _said(place: Place, body: str, number: int, turn: int, stamp: int) -> dict[str, Any]:
    event = {
        "type": "m.room.message",
        "event_id": f"$said{stamp}n{number}",
        "sender": place.people[turn % len(place.people)],
        "origin_server_ts": stamp + number,
        "content": {"msgtype": "m.text", "body": body},
    }
    return {"room_id": place.room_id, "event": event}


class Null:
    """The null homeserver, seen from the laboratory."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._wire = Wire(self.url)

    @classmethod
    @asynccontextmanager
    async def running(cls, folder: Path) -> AsyncIterator[Null]:
        """Start one in a process of its own."""
        async with process(*NULL, log=folder / "null.log", talks=True) as server:
            assert server.stdout is not None
            there = cls(int(await server.stdout.readline()))
            try:
                yield there
            finally:
                await there._wire.close()

    async def tell_of(self, where: Iterable[Place]) -> None:
        """Have those rooms encrypted, and told of to whoever syncs from the beginning."""
        rooms = {place.room_id: list(place.people) for place in where}
        await self._wire.call("POST", "/bench/rooms", rooms)

    async def hurry(self, speed: float) -> None:
        """Have long polls end so many times sooner than asked, and count requests from now on."""
        await self._wire.call("POST", "/bench/speed", {"speed": speed})

    async def quiet(self, bot: Process) -> None:
        """Wait until the bot has done all it wants."""
        async with asyncio.timeout(60):
            while (await self.score())["quiet_seconds"] < QUIET:
                assert bot.returncode is None, "the bot has ended: see bot.log"
                await asyncio.sleep(0.05)

    async def score(self) -> dict[str, Any]:
        """Ask how it goes."""
        return await self._wire.call("GET", "/bench/score")

    async def lay_in(self, batches: list[list[dict[str, Any]]]) -> None:
        """Lay in a script, and wait for nothing."""
        await self._wire.call("POST", "/bench/script", {"batches": batches})

    async def answered(self) -> dict[str, float]:
        """Give the moment (this machine's monotonic seconds) at which each event had its answer."""
        return await self._wire.call("GET", "/bench/answered")

    async def play(self, batches: list[list[dict[str, Any]]]) -> dict[str, Any]:
        """Lay in a script, and give the score when every message has its reply."""
        count = sum(map(len, batches))
        await self.lay_in(batches)
        return await self.replied(count)

    async def replied(self, count: int) -> dict[str, Any]:
        """Give the score when that many have their reply."""
        async with asyncio.timeout(120):
            while (score := await self.score())["replies"] < count:  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.1)
        return score
