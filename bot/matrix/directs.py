"""The direct room between the bot and a person: found, or made once, however often it is asked."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any

import structlog

from bot.domain.model import Room
from bot.matrix.wire import MatrixRefusal, Wire, quote
from bot.store import rooms
from bot.store.engine import Store

log = structlog.get_logger()

ENCRYPTION = {
    "type": "m.room.encryption",
    "state_key": "",
    "content": {"algorithm": "m.megolm.v1.aes-sha2"},
}


@dataclass
class Directs:
    """Keeps one direct room a person. `region` makes its alias the region's own.

    `_inside` are those known to be in theirs, or asked in; whoever moves is looked up anew.
    """

    store: Store
    wire: Wire
    me: str
    region: str
    encrypted: bool
    now: Callable[[], datetime]
    name: str = "Samverkan"
    _known: dict[str, Room] = field(default_factory=dict)
    _inside: set[str] = field(default_factory=set)
    _turns: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def ensure(self, mxid: str) -> Room:
        """Give the person's direct room; make it, or ask them in again if they have left it."""
        async with self._turns.setdefault(mxid, asyncio.Lock()):
            room = self._known.get(mxid) or await self._remembered(mxid)
            if room is None:
                room = await self._keep(mxid, await self._make(mxid))
            self._known[mxid] = room
            if mxid not in self._inside:
                self._inside.add(mxid)  # before looking: who leaves meanwhile is taken out again
                try:
                    self._known[mxid] = room = await self._with_both(room, mxid)
                except Exception:
                    self._inside.discard(mxid)
                    raise
            return room

    async def _with_both(self, room: Room, mxid: str) -> Room:
        """Ask the person in; in a room of our own where theirs has no place for one of us."""
        try:
            await self._ask_in(room, mxid)
        except MatrixRefusal as refusal:
            ours = None if refusal.for_now else await self._make(mxid)
            if ours in {None, room.room_id}:
                raise
            room = await self._keep(mxid, str(ours))
            await self._ask_in(room, mxid)
        return room

    def sealed(self, room_id: str) -> None:
        """Take in that a room has become encrypted: what was known of it is looked up anew."""
        self._known = {who: room for who, room in self._known.items() if room.room_id != room_id}

    def moved(self, mxid: str) -> None:
        """Hear that somebody came or went, wherever it was, once that is kept."""
        if mxid == self.me:
            self._inside.clear()
        self._inside.discard(mxid)

    async def adopt(self, room_id: str, mxid: str) -> None:
        """Go into a direct room that a person has opened; from then on it is theirs and ours.

        A room that is a forum's, or somebody else's already, stays what it is.
        """
        await self.wire.call("POST", f"/_matrix/client/v3/join/{quote(room_id)}", {})
        encrypted = await self.is_encrypted(room_id)
        row = Room(key=f"direct:{mxid}", room_id=room_id, encrypted=encrypted, made_at=self.now())
        async with self.store.begin() as session:
            await rooms.moved(session, room_id, self.me, "join", self.now())
            if await rooms.key_of(session, room_id) not in {None, row.key}:
                log.warning("invite.elsewhere", room_id=room_id)
                return
            self._known[mxid] = await rooms.remember(session, row)
            await rooms.moved(session, room_id, mxid, "join", self.now())
        self.moved(mxid)

    async def _remembered(self, mxid: str) -> Room | None:
        async with self.store.read() as session:
            return await rooms.by_key(session, f"direct:{mxid}")

    def _alias(self, mxid: str) -> str:
        """Name the room so that a second attempt finds the first; opaque to everybody else."""
        digest = hashlib.sha256(f"{self.region}\n{self.me}\n{mxid}".encode()).hexdigest()
        return f"sv-{digest[:24]}"

    async def _make(self, mxid: str) -> str:
        alias = self._alias(mxid)
        body: dict[str, Any] = {
            "preset": "private_chat",
            "room_alias_name": alias,
            "name": self.name,
            "is_direct": True,
            "initial_state": [ENCRYPTION] if self.encrypted else [],
            "power_level_content_override": {"invite": 50},
        }
        try:
            made = await self.wire.call("POST", "/_matrix/client/v3/createRoom", body)
        except MatrixRefusal as refusal:
            if refusal.errcode != "M_ROOM_IN_USE":
                raise
            full = f"#{alias}:{self.me.partition(':')[2]}"
            made = await self.wire.call("GET", f"/_matrix/client/v3/directory/room/{quote(full)}")
        return str(made["room_id"])

    async def _keep(self, mxid: str, room_id: str) -> Room:
        encrypted = await self.is_encrypted(room_id) if self.encrypted else False
        row = Room(key=f"direct:{mxid}", room_id=room_id, encrypted=encrypted, made_at=self.now())
        async with self.store.begin() as session:
            kept = await rooms.remember(session, row)
            await rooms.moved(session, room_id, self.me, "join", self.now())
        log.info("direct.made", room_id=room_id)
        return kept

    async def is_encrypted(self, room_id: str) -> bool:
        """Ask the server whether a room is encrypted."""
        path = f"/_matrix/client/v3/rooms/{quote(room_id)}/state/m.room.encryption"
        try:
            return "algorithm" in await self.wire.call("GET", path)
        except MatrixRefusal as refusal:
            if refusal.errcode == "M_NOT_FOUND":
                return False
            raise

    async def _ask_in(self, room: Room, mxid: str) -> None:
        """Invite the person unless they are in or asked; somebody already in is no fault."""
        async with self.store.read() as session:
            there = await rooms.membership(session, room.room_id, mxid)
            here = await rooms.membership(session, room.room_id, self.me)
        if here in {"leave", "ban"}:
            raise MatrixRefusal(HTTPStatus.FORBIDDEN, "M_FORBIDDEN", "the bot was taken out")
        if there in {"join", "invite"}:
            return
        try:
            path = f"/_matrix/client/v3/rooms/{quote(room.room_id)}/invite"
            await self.wire.call("POST", path, {"user_id": mxid})
        except MatrixRefusal as refusal:
            if "already in the room" not in refusal.error:
                raise
        async with self.store.begin() as session:
            await rooms.moved(session, room.room_id, mxid, "invite", self.now())
