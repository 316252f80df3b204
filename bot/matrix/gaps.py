"""What a sync answer leaves out of a busy room: fetched, so that no answer given is lost.

A timeline holds at most a hundred events; who comes back after a day away is given the last of
them and told that it is `limited`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from bot.matrix.claims import listing, mapping, text
from bot.matrix.recount import Recount
from bot.matrix.wire import MatrixRefusal, Wire, quote

log = structlog.get_logger()

PAGE = 250  # events asked for at a time
MOST_PAGES = 80  # in one room: twenty thousand events; what lies further back is history


@dataclass(frozen=True)
class Gaps:
    """Fetches what was left out since the last answer, room by room.

    Where not all of it is to be had, the votes in open polls are asked for by their polls.
    """

    wire: Wire
    recount: Recount

    @staticmethod
    def are_in(sync: Mapping[str, Any]) -> bool:
        """Tell whether an answer leaves anything out."""
        rooms = mapping(mapping(sync.get("rooms")).get("join")).values()
        timelines = (mapping(mapping(room).get("timeline")) for room in rooms)
        return any(timeline.get("limited") is True for timeline in timelines)

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
                events = await self._whole(room_id, back, since, listing(timeline.get("events")))
                joined[room_id] = {**room, "timeline": {**timeline, "events": events}}
        return {**sync, "rooms": {**rooms, "join": joined}} if joined else sync

    async def _whole(self, room_id: str, back: str, since: str, told: list[Any]) -> list[Any]:
        before, whole = await self._before(room_id, back, since)
        events = [*before, *told]
        if whole:
            return events
        known = {event_id for it in events if (event_id := text(mapping(it).get("event_id")))}
        return [*await self.recount.votes(room_id, known), *events]

    async def _before(self, room_id: str, back: str, since: str) -> tuple[list[Any], bool]:
        """Read a room backwards from one place to another; give it the right way round.

        Tell also whether that was all of it.
        """
        found: list[Any] = []
        at: str | None = back
        for _ in range(MOST_PAGES):
            page = await self._page(room_id, at, since)
            if page is None:
                return found[::-1], False
            found += listing(page.get("chunk"))
            at = text(page.get("end"))
            if at is None or not page.get("chunk"):
                return found[::-1], True
        log.warning("gap.unfilled", room_id=room_id, events=len(found))
        return found[::-1], False

    async def _page(self, room_id: str, at: str | None, since: str) -> Mapping[str, Any] | None:
        """Ask for a page; None from a room that will not tell."""
        query = {"dir": "b", "from": at or "", "to": since, "limit": str(PAGE)}
        path = f"/_matrix/client/v3/rooms/{quote(room_id)}/messages"
        try:
            return await self.wire.call("GET", path, query=query)
        except MatrixRefusal as refusal:
            if refusal.for_now:
                raise
            log.warning("gap.refused", room_id=room_id, why=str(refusal))
            return None
