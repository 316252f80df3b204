"""What a sync answer leaves out of a busy room: fetched, so that no answer given is lost.

A timeline holds at most a hundred events; who comes back after a day away is given the last of
them and told that it is `limited`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from bot.matrix.ears import listing, mapping, text
from bot.matrix.wire import MatrixRefusal, Wire, quote

log = structlog.get_logger()

PAGE = 100  # events asked for at a time
MOST_PAGES = 50  # in one room; what lies further back is history


@dataclass(frozen=True)
class Gaps:
    """Fetches what was left out since the last answer, room by room."""

    wire: Wire

    async def filled(self, sync: Mapping[str, Any], since: str | None) -> Mapping[str, Any]:
        """Give the answer with its timelines whole; the first ever is left as it is.

        Raise what the wire raises where it is worth asking again.
        """
        rooms = mapping(sync.get("rooms"))
        joined = dict(mapping(rooms.get("join")))
        for room_id, room in joined.items():
            timeline = mapping(mapping(room).get("timeline"))
            back = text(timeline.get("prev_batch"))
            if since and back and timeline.get("limited") is True:
                events = [
                    *await self._before(room_id, back, since),
                    *listing(timeline.get("events")),
                ]
                joined[room_id] = {**room, "timeline": {**timeline, "events": events}}
        return {**sync, "rooms": {**rooms, "join": joined}} if joined else sync

    async def _before(self, room_id: str, back: str, since: str) -> list[Any]:
        """Read a room backwards from one place to another; give it the right way round."""
        found: list[Any] = []
        at: str | None = back
        for _ in range(MOST_PAGES):
            page = await self._page(room_id, at, since)
            found += listing(page.get("chunk"))
            at = text(page.get("end"))
            if at is None or not page.get("chunk"):
                break
        else:
            log.warning("gap.unfilled", room_id=room_id, events=len(found))
        return found[::-1]

    async def _page(self, room_id: str, at: str | None, since: str) -> Mapping[str, Any]:
        """Ask for a page; nothing from a room that will not tell."""
        query = {"dir": "b", "from": at or "", "to": since, "limit": str(PAGE)}
        path = f"/_matrix/client/v3/rooms/{quote(room_id)}/messages"
        try:
            return await self.wire.call("GET", path, query=query)
        except MatrixRefusal as refusal:
            if refusal.for_now:
                raise
            log.warning("gap.refused", room_id=room_id, why=str(refusal))
            return {}
