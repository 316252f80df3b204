"""Which rooms are the bot's own business, as the homeserver tells, and how the others are left."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from bot.matrix.claims import listing, mapping, name
from bot.matrix.room_reader import CLIENT
from bot.matrix.wire import MatrixRefusal, Wire, quote


async def strange_rooms(wire: Wire, me: str, known: Collection[str]) -> list[tuple[str, str]]:
    """List the rooms the bot is in that nobody knows and that it did not make, with who asked it.

    Raise what the wire raises.
    """
    joined = listing((await wire.call("GET", f"{CLIENT}/joined_rooms")).get("joined_rooms"))
    found = []
    for room_id in joined:
        if isinstance(room_id, str) and room_id not in known:
            state = await _state(wire, room_id)
            if state and not made_by(me, state):
                found.append((room_id, _asked_by(me, state)))
    return found


async def leave(wire: Wire, room_id: str, why: str) -> None:
    """Leave a room, or decline an invitation to it, for a reason its people can read."""
    await wire.call("POST", f"{CLIENT}/rooms/{quote(room_id)}/leave", {"reason": why})


def made_by(me: str, state: Collection[Any]) -> bool:
    """Tell whether this is the state of a room that the bot made, alone or with others."""
    content, sender = _event(state, "m.room.create", "")
    return me in {sender, *filter(None, map(name, listing(content.get("additional_creators"))))}


def _asked_by(me: str, state: Collection[Any]) -> str:
    """Tell who asked the bot in, as far as the state still says; otherwise who made the room."""
    for raw in map(mapping, state):
        own = raw.get("type") == "m.room.member" and raw.get("state_key") == me
        if own and (asked := name(mapping(raw.get("unsigned")).get("prev_sender"))):
            return asked
    return _event(state, "m.room.create", "")[1] or ""


def _event(state: Collection[Any], kind: str, key: str) -> tuple[Mapping[str, Any], str | None]:
    for raw in map(mapping, state):
        if raw.get("type") == kind and raw.get("state_key") == key:
            return mapping(raw.get("content")), name(raw.get("sender"))
    return {}, None


async def _state(wire: Wire, room_id: str) -> list[Any]:
    """Read a room's state; nothing where the server will not show it."""
    try:
        return await wire.listing(f"{CLIENT}/rooms/{quote(room_id)}/state")
    except MatrixRefusal as refusal:
        if refusal.for_now:
            raise
        return []
