"""Keeps the rooms' menus in step with what can be asked: at a start, and in rooms that are new.

What a room was last given is kept as a digest, so that a start asks about no room whose menu is as
it should be. `apply` does the same for the forums' rooms without waiting for a start.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping

import structlog

from bot.domain.menus import DESCRIPTION, Content, Menus, changes, descriptions
from bot.domain.model import Room
from bot.matrix.claims import mapping
from bot.matrix.ears import Batch
from bot.matrix.room_reader import CLIENT
from bot.matrix.wire import MatrixRefusal, Unreachable, Wire, quote
from bot.store import kept, rooms
from bot.store.engine import Store

log = structlog.get_logger()

KEPT = "menu:"
AGAIN_SECONDS = 60.0


class MenuKeeper:
    """Writes what differs in the menus of forums' and direct rooms, one room after another."""

    def __init__(self, wire: Wire, store: Store, bot: str, offered: Menus) -> None:
        self._wire, self._store, self._bot = wire, store, bot
        self._wanted = {
            "forum": descriptions(offered.forum, bot),
            "direct": descriptions(offered.direct, bot),
        }
        self._digests = {kind: _digest(menu) for kind, menu in self._wanted.items()}
        self._woken = asyncio.Event()
        self._woken.set()

    def hear(self, batch: Batch) -> None:
        """Look soon when somebody has asked us into a room of theirs."""
        if batch.invites:
            self._woken.set()

    async def run(self) -> None:
        """Mend at once and whenever woken; ends only when cancelled."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            try:
                await self.mend()
            except (MatrixRefusal, Unreachable) as silent:
                log.warning("menus.unwritten", why=str(silent))
                await asyncio.sleep(AGAIN_SECONDS)
                self._woken.set()

    async def mend(self) -> int:
        """Bring every menu in step; tell how many descriptions were written."""
        async with self._store.read() as session:
            known = await rooms.every(session)
            told = await kept.beginning(session, KEPT)
        due = [
            room
            for room in known
            if (digest := self._digests.get(_kind(room)))
            and told.get(f"{KEPT}{room.room_id}") != digest
        ]
        return sum([await self._mend(room) for room in due])

    async def _mend(self, room: Room) -> int:
        written = 0
        try:
            new = await self._new(room)
            for state_key, content in new.items():
                await self._wire.call("PUT", _path(room.room_id, state_key), content)
                written += 1
        except MatrixRefusal as refusal:
            if refusal.for_now:
                raise
            log.info("menu.unwelcome", room_id=room.room_id, why=str(refusal))
        async with self._store.begin() as session:
            await kept.put(session, f"{KEPT}{room.room_id}", self._digests[_kind(room)])
        return written

    async def _new(self, room: Room) -> dict[str, Content]:
        state = await self._wire.listing(f"{CLIENT}/rooms/{quote(room.room_id)}/state")
        there = {
            str(event.get("state_key")): mapping(event.get("content"))
            for event in map(mapping, state)
            if event.get("type") == DESCRIPTION
        }
        return changes(self._wanted[_kind(room)], there, self._bot)


def _kind(room: Room) -> str:
    return room.key.partition(":")[0]


def _path(room_id: str, state_key: str) -> str:
    return f"{CLIENT}/rooms/{quote(room_id)}/state/{DESCRIPTION}/{quote(state_key)}"


def _digest(menu: Mapping[str, Content]) -> str:
    return hashlib.sha256(json.dumps(menu, sort_keys=True).encode()).hexdigest()
