"""Keys that have not come are asked for, of the devices of whoever wrote (`m.room_key_request`)."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field

import structlog

from bot.domain.model import Unread
from bot.matrix.keyring import Keyring
from bot.matrix.wire import MatrixRefusal, Unreachable, Wire
from bot.store import unread
from bot.store.engine import Store

log = structlog.get_logger()

MOST_ASKED = 5  # keys of one sender at a time: who invents a thousand is asked for five
RETRY_SECONDS = 30.0


@dataclass
class KeyRequests:
    """Sends what `unread.ask` wants sent; killed in between, the same is asked again."""

    store: Store
    wire: Wire
    keyring: Keyring
    _wanted: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self) -> None:
        """Say that there may be something to ask for."""
        self._wanted.set()

    async def run(self) -> None:
        """Ask until cancelled."""
        self._wanted.set()
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            try:
                await self.ask()
            except (MatrixRefusal, Unreachable) as silent:
                log.warning("keys.unasked", why=str(silent))
                await asyncio.sleep(RETRY_SECONDS)
                self._wanted.set()

    async def ask(self) -> None:
        """Ask for each missing key once, at most a few of each sender."""
        async with self.store.read() as session:
            rows = await unread.wanted(session)
        for sender, room_id, session_id in _first(rows):
            await self.keyring.request(self.wire, sender, room_id, session_id)
        if rows:
            async with self.store.begin() as session:
                await unread.asked(session, [row.event_id for row in rows])


def _first(rows: list[Unread]) -> list[tuple[str, str, str]]:
    """List sender, room and session of the keys to ask for, the first to miss first."""
    missing = dict.fromkeys((it.sender, it.room_id, it.session_id) for it in rows if it.session_id)
    asked: Counter[str] = Counter()
    found = []
    for each in missing:
        asked[each[0]] += 1
        if asked[each[0]] <= MOST_ASKED:
            found.append(each)
    return found
