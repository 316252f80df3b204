"""On a real homeserver: how soon a summons is seen, what a second `apply` writes, the memory."""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
import statistics
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.domain.region import Region
from bot.matrix.wire import Wire, quote
from bot.rehearsal.homeserver import Homeserver
from tests.benchmarks.lab import (
    SAMVERKAN,
    Figure,
    example_region,
    peak_megabytes,
    process,
    settings_file,
    show,
)

CLIENT = "/_matrix/client/v3"
FORUM, CALLER = "TIBG", "lst.TIB"
ROUNDS = 7
Event = dict[str, Any]


@dataclass
class Person:
    """Somebody in the room, with an ordinary client."""

    wire: Wire
    since: str = ""

    async def sync(self, wait_ms: int = 0) -> Event:
        query = {"timeout": str(wait_ms)} | ({"since": self.since} if self.since else {})
        answer = await self.wire.call("GET", f"{CLIENT}/sync", query=query, timeout=60)
        self.since = str(answer["next_batch"])
        return answer

    async def sees(self, room_id: str, wanted: Callable[[Event], bool]) -> float:
        """Wait until an event is there; give the moment."""
        async with asyncio.timeout(60):
            while True:
                rooms = (await self.sync(30_000)).get("rooms", {}).get("join", {})
                events = rooms.get(room_id, {}).get("timeline", {}).get("events", [])
                if any(map(wanted, events)):
                    return time.perf_counter()

    async def says(self, room_id: str, body: str) -> None:
        path = f"{CLIENT}/rooms/{quote(room_id)}/send/m.room.message/{secrets.token_hex(8)}"
        await self.wire.call("PUT", path, {"msgtype": "m.text", "body": body})

    async def joins(self, room_id: str) -> None:
        """Go into a room when the invitation comes."""
        async with asyncio.timeout(60):
            while room_id not in (await self.sync(1_000)).get("rooms", {}).get("invite", {}):
                pass
        await self.wire.call("POST", f"{CLIENT}/join/{quote(room_id)}", {})


async def test_a_real_homeserver(tmp_path: Path) -> None:
    region = example_region()
    server = await Homeserver.start(tmp_path / "homeserver")
    people: dict[str, Person] = {}
    try:
        people = await settle_in(server, region, tmp_path)
        settings = await settings_of(server, tmp_path)
        roster = str(tmp_path / "roster.csv")
        await command("roster", "import", roster, "--settings", settings, log=tmp_path / "log")
        applied = await command("apply", "--settings", settings, log=tmp_path / "log")
        before = events_in(tmp_path / "homeserver")
        await command("apply", "--settings", settings, log=tmp_path / "log")
        written = events_in(tmp_path / "homeserver") - before
        room_id = room_of(tmp_path / "state" / "samverkan.db")
        async with process(*SAMVERKAN, "run", "--settings", settings, log=tmp_path / "log") as bot:
            await asyncio.gather(*(each.joins(room_id) for each in people.values()))
            times = [await measure(people, room_id, number) for number in range(ROUNDS)]
            peak = peak_megabytes(bot.pid)
    finally:
        for each in people.values():
            await each.wire.close()
        await server.stop()

    bare, whole, seen = (1000 * statistics.median(column) for column in zip(*times, strict=True))
    show(
        f"On Synapse, unencrypted, medians of {ROUNDS}",
        [
            summons("command seen → summons seen, ms", seen, bare),
            summons("command sent → summons seen, ms", whole, bare),
            Figure("events written by a second `apply`", str(written), "", None, "0"),
            Figure("peak memory of `run`, MB", f"{peak:.0f}", "", None, "≤ 150"),
            Figure("peak memory of `apply`, MB", f"{applied:.0f}", "", None, "≤ 150"),
        ],
    )


def summons(what: str, ours: float, bare: float) -> Figure:
    return Figure(what, f"{ours:.0f}", f"{bare:.0f}", ours / bare, "≤ 1.5")


async def settle_in(server: Homeserver, region: Region, folder: Path) -> dict[str, Person]:
    """Register who sits in the forum, and write the roster."""
    people, lines = {}, ["function,rank,mxid,name,from,to"]
    seats = [seat.function for seat in region.forum(FORUM).seats]
    for code in dict.fromkeys([CALLER, *seats]):
        account = await server.register(code.lower(), "hemligt")
        await server.lift_limits(account.user_id)
        people[code] = Person(Wire(server.url, account.access_token))
        lines.append(f"{code},1,{account.user_id},{code},,")
    (folder / "roster.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return people


async def settings_of(server: Homeserver, folder: Path) -> str:
    password = secrets.token_hex(8)
    account = await server.register("samverkan", password)
    await server.lift_limits(account.user_id)
    return str(settings_file(folder, server.url, account.user_id, password))


async def command(*words: str, log: Path) -> float:
    """Run the command to its end; give its peak memory in MB."""
    peak = 0.0
    async with process(*SAMVERKAN, *words, log=log) as running:
        while running.returncode is None:
            with suppress(
                FileNotFoundError, ProcessLookupError
            ):  # it may end between the two looks
                peak = max(peak, peak_megabytes(running.pid))
            await asyncio.sleep(0.05)
    assert running.returncode == 0, f"{words} failed: see {log}"
    return peak


def events_in(folder: Path) -> int:
    """Count all events that the homeserver has ever had."""
    (file,) = folder.rglob("synapse.db")
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        return int(database.execute("SELECT count(*) FROM events").fetchone()[0])


def room_of(database: Path) -> str:
    """Look up the forum's room."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as reading:
        found = reading.execute("SELECT room_id FROM room WHERE key = ?", [f"forum:{FORUM}"])
        return str(found.fetchone()[0])


async def measure(
    people: dict[str, Person], room_id: str, number: int
) -> tuple[float, float, float]:
    """Give the seconds of a bare send, from sending to summons, and from seeing to summons."""
    caller, member = people[CALLER], next(p for code, p in people.items() if code != CALLER)
    await asyncio.sleep(2)
    await member.sync()
    bare = await between(caller, member, room_id, f"hej {number}", lambda e: said(e, "hej"))
    await asyncio.sleep(1)
    await member.sync()
    at = datetime.now(example_region().timezone) + timedelta(hours=1, minutes=5 * number)
    order = f"!kalla {FORUM} {at:%H.%M} mätning"
    began = time.perf_counter()
    seeing = asyncio.create_task(both(member, room_id))
    await caller.says(room_id, order)
    command_seen, summons_seen = await seeing
    return bare, summons_seen - began, summons_seen - command_seen


async def both(member: Person, room_id: str) -> tuple[float, float]:
    """Give the moments at which the command and its summons are seen."""
    moments: dict[str, float] = {}

    def note(event: Event) -> bool:
        for name, it_is in (("command", said(event, "!kalla")), ("summons", is_summons(event))):
            if it_is:
                moments.setdefault(name, time.perf_counter())
        return "summons" in moments

    await member.sees(room_id, note)
    return moments["command"], moments["summons"]


async def between(
    speaker: Person, member: Person, room_id: str, body: str, wanted: Callable[[Event], bool]
) -> float:
    began = time.perf_counter()
    seeing = asyncio.create_task(member.sees(room_id, wanted))
    await speaker.says(room_id, body)
    return await seeing - began


def said(event: Event, start: str) -> bool:
    return str(event["content"].get("body", "")).startswith(start)


def is_summons(event: Event) -> bool:
    return bool(event["content"].get("m.mentions", {}).get("user_ids"))
