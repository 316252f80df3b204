"""Whether a room shows what was said to those who come later (`m.room.history_visibility`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.matrix.claims import mapping
from bot.matrix.wire import MatrixRefusal, Wire, quote

VISIBILITY = "m.room.history_visibility"
SHOWN = frozenset({"shared", "world_readable"})


async def shows_history(wire: Wire, room_id: str) -> bool:
    """Ask the server; a room that will not tell does not. Raise Unreachable."""
    path = f"/_matrix/client/v3/rooms/{quote(room_id)}/state/{VISIBILITY}"
    try:
        told = await wire.call("GET", path)
    except MatrixRefusal:
        return False
    return told.get("history_visibility") in SHOWN


def whose_history_changed(sync: Mapping[str, Any]) -> Iterator[str]:
    """List the rooms that a /sync answer says something new of: they need another key."""
    rooms = mapping(mapping(sync.get("rooms")).get("join"))
    for room_id, room in rooms.items():
        for part in ("state", "timeline"):
            events = mapping(mapping(room).get(part)).get("events")
            told = events if isinstance(events, list) else []
            if any(mapping(event).get("type") == VISIBILITY for event in told):
                yield room_id
                break
