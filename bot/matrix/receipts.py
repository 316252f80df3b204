"""Notes what became of letters, many at a time: one durable write for all that came together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from bot.domain.model import Letter
from bot.store import letters
from bot.store.engine import Store

log = structlog.get_logger()

GATHER_SECONDS = 0.01  # how long what has arrived waits for more of it
RETRY_SECONDS = 5.0  # before what could not be noted is tried again


@dataclass
class Receipts:
    """What has arrived and is not noted yet. Lost in a crash, it is sent again under its own id."""

    store: Store
    now: Callable[[], datetime]
    _sent: dict[str, str] = field(default_factory=dict)  # letter id → event id
    _dropped: dict[str, str] = field(default_factory=dict)  # letter id → why
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def arrived(self, letter: Letter, event_id: str) -> None:
        """Say that a letter is in its room, as that event."""
        self._sent[letter.id] = event_id
        self._news.set()

    def dropped(self, letter: Letter, why: str) -> None:
        """Say that a letter will not be sent, and why."""
        self._dropped[letter.id] = why
        self._news.set()

    def event_of(self, letter: Letter) -> str | None:
        """Give the event a letter became, noted or not."""
        return self._sent.get(letter.id) or letter.event_id

    @property
    def empty(self) -> bool:
        """Tell whether all is noted."""
        return not self._sent and not self._dropped

    async def run(self) -> None:
        """Note until cancelled."""
        while True:
            await self._news.wait()
            await asyncio.sleep(GATHER_SECONDS)
            self._news.clear()
            try:
                await self.note()
            except Exception:
                log.exception("letters.unnoted", letters=len(self._sent))
                await asyncio.sleep(RETRY_SECONDS)
                self._news.set()

    async def note(self) -> None:
        """Note all that is there now, in one write."""
        sent, dropped = dict(self._sent), dict(self._dropped)
        if not sent and not dropped:
            return
        async with self.store.begin() as session:
            await letters.mark_sent(session, sent, self.now())
            for letter_id, why in dropped.items():
                await letters.give_up(session, letter_id, why)
        for letter_id in sent:
            del self._sent[letter_id]
        for letter_id in dropped:
            del self._dropped[letter_id]
