"""The votes in open polls, asked for one poll at a time where a gap could not be filled whole.

What is encrypted keeps its `m.relates_to` in clear, so the server finds it by the poll (MSC3381).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from bot.matrix.claims import listing, mapping, text
from bot.matrix.wire import MatrixRefusal, Wire, quote
from bot.store import agreements
from bot.store.engine import Store

log = structlog.get_logger()

PAGE = 100  # votes asked for at a time
MOST_PAGES = 20  # in one poll: a forum's seats answer it, not a multitude


@dataclass(frozen=True)
class Recount:
    """Fetches what was said in the polls of a room that take answers still."""

    wire: Wire
    store: Store

    async def votes(self, room_id: str, but: set[str]) -> list[Any]:
        """Give the events that answer the room's open polls, oldest first, without those known.

        Raise what the wire raises where it is worth asking again.
        """
        async with self.store.read() as session:
            polls = await agreements.open_polls(session, room_id)
        found: list[Any] = []
        for poll in polls:
            newest_first = await self._of(room_id, poll)
            found += newest_first[::-1]
        return [each for each in found if text(mapping(each).get("event_id")) not in but]

    async def _of(self, room_id: str, poll: str) -> list[Any]:
        found: list[Any] = []
        at: str | None = None
        for _ in range(MOST_PAGES):
            page = await self._page(room_id, poll, at)
            found += listing(page.get("chunk"))
            at = text(page.get("next_batch"))
            if at is None:
                return found
        log.warning("poll.uncounted", room_id=room_id, poll=poll, votes=len(found))
        return found

    async def _page(self, room_id: str, poll: str, at: str | None) -> Mapping[str, Any]:
        query = {"dir": "b", "limit": str(PAGE)} | ({"from": at} if at else {})
        where = f"{quote(room_id)}/relations/{quote(poll)}/m.reference"
        try:
            return await self.wire.call("GET", f"/_matrix/client/v1/rooms/{where}", query=query)
        except MatrixRefusal as refusal:
            if refusal.for_now:
                raise
            log.warning("poll.refused", room_id=room_id, poll=poll, why=str(refusal))
            return {}
