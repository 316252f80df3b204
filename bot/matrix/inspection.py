"""Compares the rooms with the law while the bot runs, and has the operators told what differs.

It mends nothing: `apply` does, when a person has read the plan.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.matrix.rooms import Builder, ForeignRoom
from bot.matrix.wire import MatrixRefusal, Unreachable
from bot.store import deadlines
from bot.store.engine import Store

log = structlog.get_logger()

EVERY_SECONDS = 6 * 3600.0
DIFFER = "rooms.differ"


@dataclass
class Inspection:
    """Looks at the start, and every six hours after it; `found` is called when there is news."""

    builder: Builder
    store: Store
    now: Callable[[], datetime]
    found: Callable[[], None]

    async def run(self) -> None:
        """Look until cancelled; what cannot be seen now is looked at the next time."""
        while True:
            try:
                await self.look()
            except (MatrixRefusal, Unreachable) as refused:
                log.warning("rooms.unseen", why=str(refused))
            await asyncio.sleep(EVERY_SECONDS)

    async def look(self) -> None:
        """Look once; a difference is told when it begins. Raise what the wire raises."""
        try:
            steps = [repr(step) for step in (await self.builder.look()).steps]
        except ForeignRoom as foreign:
            steps = [str(foreign)]
        if await self._is_news(steps):
            log.warning("rooms.differ", steps=len(steps))
            self.found()

    async def _is_news(self, steps: list[str]) -> bool:
        """Note what differs now, and forget what has been mended: it may come back."""
        mark = hashlib.sha256("\n".join(steps).encode()).hexdigest()[:16]
        subject = f"{len(steps)} {mark}" if steps else None
        async with self.store.begin() as session:
            await deadlines.drop_others(session, DIFFER, subject)
            if subject is None:
                return False
            return await deadlines.set_once(session, DIFFER, subject, self.now())
