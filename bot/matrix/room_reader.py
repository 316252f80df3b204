"""Reads the rooms as they are; writes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from bot.domain.room_plan import ActualRoom
from bot.domain.room_state import State
from bot.domain.rooms import RoomSettings, WantedRoom
from bot.matrix.wire import MatrixRefusal, Wire, quote

CLIENT = "/_matrix/client/v3"
SIDE_BY_SIDE = 8
"""How many rooms are read at once."""
UNSEEN = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})


class ForeignRoom(Exception):  # noqa: N818 - says whose it is
    """An alias of ours leads to a room that somebody else made."""


def full_alias(room: WantedRoom) -> str:
    """Write the room's alias with the bot's server."""
    return f"#{room.alias}:{room.settings.bot.partition(':')[2]}"


def alias_path(room: WantedRoom) -> str:
    """Give the path under which the directory has the room."""
    return f"{CLIENT}/directory/room/{quote(full_alias(room))}"


async def read_rooms(
    wire: Wire, wanted: Sequence[WantedRoom], known: Mapping[str, str]
) -> dict[str, ActualRoom]:
    """Read every wanted room that there is, by key.

    The alias says which it is; `known` gives an id to fall back on, by key. Raise ForeignRoom.
    """
    turns = asyncio.Semaphore(SIDE_BY_SIDE)

    async def read(room: WantedRoom) -> ActualRoom | None:
        async with turns:
            room_id = await found_by_alias(wire, room) or known.get(room.key)
            return await read_room(wire, room, room_id) if room_id else None

    found = await asyncio.gather(*(read(room) for room in wanted))
    return {room.key: there for room, there in zip(wanted, found, strict=True) if there}


async def found_by_alias(wire: Wire, room: WantedRoom) -> str | None:
    """Ask the directory for the room's id; None if it knows no such alias."""
    try:
        found = (await wire.call("GET", alias_path(room))).get("room_id")
    except MatrixRefusal as refusal:
        if refusal.status == HTTPStatus.NOT_FOUND:
            return None
        raise
    return found if isinstance(found, str) else None


async def read_room(wire: Wire, room: WantedRoom, room_id: str) -> ActualRoom | None:
    """Read a room's state; None where there is none that we may see. Raise ForeignRoom."""
    try:
        events = await wire.listing(f"{CLIENT}/rooms/{quote(room_id)}/state")
    except MatrixRefusal as refusal:
        if refusal.status in UNSEEN:
            return None
        raise
    if not any(_made_by_us(event, room.settings) for event in events):
        raise ForeignRoom(f"{full_alias(room)} leads to {room_id}, which somebody else made")
    return ActualRoom(room_id, _state(events), inside=_is_in(events, room.settings.bot))


def _is_in(events: Sequence[Mapping[str, Any]], me: str) -> bool:
    """Tell whether the bot is in the room; who has left one is shown it as it was then."""
    return any(
        (event["type"], event["state_key"]) == ("m.room.member", me)
        and event.get("content", {}).get("membership") == "join"
        for event in events
    )


def _made_by_us(event: Mapping[str, Any], settings: RoomSettings) -> bool:
    """Tell whether this is a room's beginning, made by the bot or with it as a creator."""
    if event.get("type") != "m.room.create":
        return False
    creators = (event.get("sender"), *event.get("content", {}).get("additional_creators", ()))
    return settings.bot in creators


def _state(events: Sequence[Mapping[str, Any]]) -> State:
    """Sort the events by type and key, without the members."""
    return {
        (event["type"], event["state_key"]): event.get("content", {})
        for event in events
        if event["type"] != "m.room.member"
    }
