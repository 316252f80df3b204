"""Makes and closes the rooms of forums that are opened and closed while the bot runs (R23).

The law's own rooms are mended by `apply`, when a person has read the plan. These have no plan to
read: whoever opened the forum has said what is wanted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from bot.domain.exercises import twin
from bot.domain.rooms import EXERCISE, forum_key
from bot.matrix.rooms import Builder, ForeignRoom
from bot.matrix.wire import MatrixRefusal, Unreachable
from bot.store import exercises, forums
from bot.store.engine import Store

log = structlog.get_logger()

AGAIN_SECONDS = 30.0
"""After which a room that could not be made is tried again."""


@dataclass
class Openings:
    """Builds what has been opened or closed and is not built; `built` are told when it is."""

    builder: Builder
    store: Store
    now: Callable[[], datetime]
    built: Sequence[Callable[[], None]]
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self) -> None:
        """Say that a forum may have been opened or closed."""
        self._woken.set()

    async def run(self) -> None:
        """Build at once and whenever woken; ends only when cancelled."""
        while True:
            try:
                await self.once()
            except (MatrixRefusal, Unreachable, ForeignRoom) as refused:
                log.warning("forum.unbuilt", why=str(refused))
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                await self._woken.wait()
            self._woken.clear()

    async def once(self) -> None:
        """Build what waits for it. A change that comes meanwhile is built the next time."""
        now = self.now()
        async with self.store.read() as session:
            waiting = await forums.unbuilt(session)
            practised = await exercises.unbuilt(session)
        if not waiting and not practised:
            return
        keys = {forum_key(code) for code in waiting}
        for exercise, (_, its) in practised.items():
            keys |= {EXERCISE + exercise, *(forum_key(twin(exercise, code)) for code in its)}
        await self.builder.apply(now, only=keys)
        async with self.store.begin() as session:
            for code, wanted in waiting.items():
                await forums.built(session, code, wanted, now)
            for code, (wanted, _) in practised.items():
                await exercises.built(session, code, wanted, now)
        log.info("forums.built", forums=[*waiting, *practised])
        for tell in self.built:
            tell()
