"""Marks direct rooms as such in the account's own data, so that its clients list them as people."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import structlog

from bot.matrix.claims import listing, mapping
from bot.matrix.directs import Directs
from bot.matrix.retries import Retries
from bot.matrix.wire import MatrixRefusal, Unreachable, Wire, quote
from bot.store import rooms
from bot.store.engine import Store

log = structlog.get_logger()

GATHER_SECONDS = 1.0  # a summons opens many direct rooms at once: they are marked together
MARKS = "m.direct"


@dataclass
class Marks:
    """Keeps `m.direct` in step with the rooms in the database, and leaves what else is there."""

    store: Store
    wire: Wire
    directs: Directs
    _retries: Retries = field(default_factory=Retries)

    async def run(self) -> None:
        """Mark until cancelled: at the start, and whenever there is a new direct room."""
        self.directs.changed.set()
        while True:
            try:
                async with asyncio.timeout(self._retries.next_in()):
                    await self.directs.changed.wait()
            except TimeoutError:
                log.debug("directs.marked_again")
            await asyncio.sleep(GATHER_SECONDS)
            self.directs.changed.clear()
            try:
                await self.keep()
            except (MatrixRefusal, Unreachable) as refused:
                log.warning("directs.unmarked", why=str(refused))
                self._retries.failed(MARKS)
            else:
                self._retries.worked(MARKS)

    async def keep(self) -> None:
        """Write the marks anew if any is missing; raise what the wire raises."""
        async with self.store.read() as session:
            there = await rooms.every(session)
        wanted = {
            room.key.partition(":")[2]: room.room_id
            for room in there
            if room.key.startswith("direct:")
        }
        if not wanted:
            return
        path = f"/_matrix/client/v3/user/{quote(self.directs.me)}/account_data/{MARKS}"
        now = await self._marked(path)
        merged = with_marks(now, wanted)
        if merged != now:
            await self.wire.call("PUT", path, merged)
            log.info("directs.marked", rooms=len(wanted))

    async def _marked(self, path: str) -> dict[str, Any]:
        try:
            return await self.wire.call("GET", path)
        except MatrixRefusal as refusal:
            if refusal.status == HTTPStatus.NOT_FOUND and not refusal.for_now:
                return {}
            raise


def with_marks(now: Mapping[str, Any], wanted: Mapping[str, str]) -> dict[str, Any]:
    """Put each person's room first among theirs; what others have written there stays."""
    merged = dict(now)
    for mxid, room_id in wanted.items():
        before = listing(mapping(now).get(mxid))
        if room_id not in before:
            merged[mxid] = [room_id, *before]
    return merged
