"""How long the others wait while one person asks for a thousand things in a minute."""

from __future__ import annotations

import asyncio
import secrets
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.benchmarks.lab import (
    ME,
    SAMVERKAN,
    Figure,
    Null,
    Place,
    example_region,
    furnish,
    places,
    process,
    settings_file,
    show,
)

FLOOD_A_SECOND = 1000 / 60
ROUNDS, SECONDS = 1, 60  # a thousand in a minute
OTHERS_A_SECOND = 5
SAID = "!hjälp hjälp"


@dataclass
class Asking:
    """Lays commands in one by one, and notes when each is answered."""

    null: Null
    asked: dict[str, float] = field(default_factory=dict)

    async def ask(self, where: Place, who: str, *, noted: bool) -> None:
        event_id = f"${secrets.token_hex(8)}"
        event: dict[str, Any] = {
            "type": "m.room.message",
            "event_id": event_id,
            "sender": who,
            "origin_server_ts": int(time.time() * 1000),
            "content": {"msgtype": "m.text", "body": SAID},
        }
        if noted:
            self.asked[event_id] = time.monotonic()
        await self.null.lay_in([[{"room_id": where.room_id, "event": event}]])

    async def times(self) -> list[float]:
        """Give the seconds each of the noted waited; all must have been answered."""
        async with asyncio.timeout(60):
            while self.asked.keys() - (answered := await self.null.answered()).keys():  # noqa: ASYNC110
                await asyncio.sleep(0.1)  # another process is asked
        return [answered[it] - asked for it, asked in self.asked.items()]


async def test_the_others_answer_time_under_one_person_s_flood(tmp_path: Path) -> None:
    region = example_region()
    (tmp_path / "state").mkdir()
    await furnish(f"sqlite:///{tmp_path / 'state' / 'samverkan.db'}", region)
    rooms = places(region)
    quiet: list[float] = []
    flooded: list[float] = []
    answered = 0

    async with Null.running(tmp_path) as null:
        file = settings_file(tmp_path, null.url, ME, "null")
        command = [*SAMVERKAN, "run", "--settings", str(file)]
        async with process(*command, log=tmp_path / "bot.log") as bot:
            await null.quiet(bot)
            for number in range(ROUNDS):
                quiet += await spell(null, rooms, f"@calm{number}", flooding=False)
                before = len(await null.answered())
                flooded += await spell(null, rooms, f"@flood{number}", flooding=True)
                await null.quiet(bot)
                answered += len(await null.answered()) - before

    calm, busy = (1000 * statistics.quantiles(times, n=20)[-1] for times in (quiet, flooded))
    middle = [1000 * statistics.median(times) for times in (flooded, quiet)]
    to_flood = answered - len(flooded)
    assert to_flood == 31 * ROUNDS, "thirty answers and the one that says no more"
    show(
        f"One person asks {FLOOD_A_SECOND:.0f} times a second; {len(flooded)} commands of others",
        [
            ratio("95th percentile of the others, ms", busy, calm),
            ratio("median of the others, ms", *middle),
        ],
    )  # fmt: skip


def ratio(what: str, flooded: float, quiet: float) -> Figure:
    """Put the time under the flood beside the time without it."""
    return Figure(what, f"{flooded:.0f}", f"{quiet:.0f}", flooded / quiet, "")


async def spell(null: Null, rooms: list[Place], who: str, *, flooding: bool) -> list[float]:
    """Let the others ask for a while, with the flood beside them or without; give their times."""
    asking = Asking(null)
    others = [
        (room, person)
        for n, room in enumerate(rooms[:12])
        for person in room.people[4 * n : 4 * n + 4]
    ]
    forum = rooms[0]

    async def flood() -> None:
        for _ in range(round(FLOOD_A_SECOND * SECONDS)):
            await asking.ask(forum, f"{who}:null.example", noted=False)
            await asyncio.sleep(1 / FLOOD_A_SECOND)

    async def ask() -> None:
        for number in range(OTHERS_A_SECOND * SECONDS):
            room, person = others[number % len(others)]
            await asking.ask(room, person, noted=True)
            await asyncio.sleep(1 / OTHERS_A_SECOND)

    await asyncio.gather(ask(), *([flood()] if flooding else []))
    return await asking.times()
