"""Keeps each forum's register message pinned, before whatever else people have pinned."""

from __future__ import annotations

import asyncio

import structlog

from bot.domain.rooms import forum_key
from bot.matrix.retries import Retries
from bot.matrix.room_reader import CLIENT
from bot.matrix.wire import MatrixRefusal, Unreachable, Wire, quote
from bot.store.belonging import Belonging

log = structlog.get_logger()

PINS = "m.room.pinned_events"


class Pins:
    """Which register messages are known to be pinned, so that a room is asked once."""

    def __init__(self, wire: Wire, retries: Retries) -> None:
        self._wire = wire
        self._retries = retries
        self._pinned: dict[str, str] = {}

    async def keep(self, known: Belonging) -> None:
        """Pin what is not pinned; what failed is tried again later."""
        wanted = self._unpinned(known)
        if not self._retries.is_due(PINS):
            return
        if all(await asyncio.gather(*(self._pin(*pin) for pin in wanted))):
            self._retries.worked(PINS)
        else:
            self._retries.failed(PINS)

    def _unpinned(self, known: Belonging) -> list[tuple[str, str]]:
        """List the rooms and the register messages that are not known to be pinned there."""
        pairs = [
            (known.rooms[forum_key(forum)], event_id)
            for forum, event_id in known.registers.items()
            if forum_key(forum) in known.rooms
        ]
        return [(room, event) for room, event in pairs if self._pinned.get(room) != event]

    async def _pin(self, room_id: str, event_id: str) -> bool:
        """Pin the message if it is not; tell whether it now is."""
        path = f"{CLIENT}/rooms/{quote(room_id)}/state/{PINS}/"
        try:
            pinned = await self._there(path)
            if event_id not in pinned:
                await self._wire.call("PUT", path, {"pinned": [event_id, *pinned]})
        except (MatrixRefusal, Unreachable) as error:
            log.warning("register.not_pinned", room_id=room_id, error=str(error))
            return False
        self._pinned[room_id] = event_id
        return True

    async def _there(self, path: str) -> list[str]:
        """Give what is pinned in a room."""
        try:
            return [str(each) for each in (await self._wire.call("GET", path)).get("pinned", [])]
        except MatrixRefusal as refusal:
            if refusal.errcode == "M_NOT_FOUND":
                return []
            raise
