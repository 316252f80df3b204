"""Lets a room's topic say that what is for activated mode is awake, and for which incident (R18).

What was told last is kept, so that a room is told once, and after a restart what it missed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from bot.matrix.room_reader import CLIENT
from bot.matrix.wire import MatrixRefusal, Unreachable, Wire, quote
from bot.store import incidents, kept, rooms
from bot.store.engine import Store

log = structlog.get_logger()

TOLD = "rooms.awake_for"
AGAIN_SECONDS = 30.0
"""After which a topic that could not be written is tried again."""


@dataclass
class Awakenings:
    """Writes the topics when the incidents change; `topics` gives them by the rooms' keys."""

    wire: Wire
    store: Store
    topics: Callable[[Sequence[str]], Mapping[str, str]]
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self) -> None:
        """Say that something may have been activated, or have ended."""
        self._woken.set()

    async def run(self) -> None:
        """Look at once and whenever woken; ends only when cancelled."""
        while True:
            self._woken.clear()
            try:
                await self.once()
            except (MatrixRefusal, Unreachable) as refused:
                log.warning("room.topic_unwritten", why=str(refused))
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                await self._woken.wait()

    async def once(self) -> None:
        """Write the topics of all rooms there are, if they do not say it yet."""
        async with self.store.read() as session:
            now = await incidents.awake(session)
            told = await kept.get(session, TOLD) or ""
            there = {room.key: room.room_id for room in await rooms.every(session)}
        if told == " ".join(now):
            return
        for key, topic in self.topics(now).items():
            if key in there:
                path = f"{CLIENT}/rooms/{quote(there[key])}/state/m.room.topic/"
                await self.wire.call("PUT", path, {"topic": topic})
        async with self.store.begin() as session:
            await kept.put(session, TOLD, " ".join(now))
        log.info("rooms.topics_written", incidents=now)
