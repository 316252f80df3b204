"""Lets former holders read on without a say, in the rooms of forums whose law says so."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import structlog

from bot.domain.room_state import POWER_LEVELS, silenced
from bot.matrix.retries import Retries
from bot.matrix.room_reader import CLIENT
from bot.matrix.wire import MatrixRefusal, Unreachable, Wire, quote

log = structlog.get_logger()

LISTENERS = "listeners"


class Listening:
    """Who is known to be without a say in which room, so that a room is asked once."""

    def __init__(self, wire: Wire, retries: Retries) -> None:
        self._wire = wire
        self._retries = retries
        self._silent: dict[str, frozenset[str]] = {}

    async def keep(self, wanted: Mapping[str, frozenset[str]]) -> None:
        """Take the say from those people, and give it back to all others; by the room's id.

        What failed is tried again later.
        """
        if not self._retries.is_due(LISTENERS):
            return
        differing = {room: them for room, them in wanted.items() if self._silent.get(room) != them}
        if all(await asyncio.gather(*(self._silence(*each) for each in differing.items()))):
            self._retries.worked(LISTENERS)
        else:
            self._retries.failed(LISTENERS)

    async def _silence(self, room_id: str, listeners: frozenset[str]) -> bool:
        """Write the room's power levels if they are others; tell whether they are as wanted."""
        path = f"{CLIENT}/rooms/{quote(room_id)}/state/{POWER_LEVELS}/"
        try:
            there = await self._wire.call("GET", path)
            levels = silenced(there, listeners)
            if levels != there:
                await self._wire.call("PUT", path, levels)
        except (MatrixRefusal, Unreachable) as error:
            log.warning("listeners.not_set", room_id=room_id, error=str(error))
            return False
        self._silent[room_id] = listeners
        return True
