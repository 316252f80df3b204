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

from bot.domain.menus import DESCRIPTION, Offer, descriptions
from bot.domain.model import Room
from bot.matrix.unsealed import Unsealed
from bot.matrix.wire import MatrixRefusal, Wire, quote
from bot.store import rooms
from bot.store.engine import Store

log = structlog.get_logger()

MEGOLM = {"algorithm": "m.megolm.v1.aes-sha2"}
ENCRYPTION = {"type": "m.room.encryption", "state_key": "", "content": MEGOLM}


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
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when there is a direct room that was not one before."""
    menu: tuple[Offer, ...] = ()
    """What a new room shows can be asked there."""
    _known: dict[str, Room] = field(default_factory=dict)
    _inside: set[str] = field(default_factory=set)
    _turns: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def ensure(self, mxid: str) -> Room:
        """Give the person's direct room; make it, or ask them in again if they have left it."""
        async with self._turns.setdefault(mxid, asyncio.Lock()):
            room = self._known.get(mxid) or await self._remembered(mxid)
            if room is None or (self.encrypted and room.alias and not room.encrypted):
                ours, made = await self._make(mxid)
                room = await self._keep(mxid, ours, made=made)
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
        """Ask the person in; in a room of our own where theirs is no place for the two of us."""
        try:
            await self._be_alone(room, mxid)
            await self._ask_in(room, mxid)
        except MatrixRefusal as refusal:
            if refusal.for_now:
                raise
            ours, made = await self._make(mxid)
            if ours == room.room_id:
                raise
            room = await self._keep(mxid, ours, made=made)
            await self._ask_in(room, mxid)
        return room

    async def _be_alone(self, room: Room, mxid: str) -> None:
        """Raise MatrixRefusal if others listen in a room that the person has opened.

        What is sent directly is for one person: drafts, and what an organisation carries home.
        """
        async with self.store.read() as session:
            others = await rooms.joined(session, room.room_id) - {self.me, mxid}
        if others and room.alias is None:
            log.warning("direct.crowded", room_id=room.room_id, others=len(others))
            raise MatrixRefusal(HTTPStatus.FORBIDDEN, "M_FORBIDDEN", "others are in the room")

    def sealed(self, room_id: str) -> None:
        """Take in that a room has become encrypted: what was known of it is looked up anew."""
        self._known = {who: room for who, room in self._known.items() if room.room_id != room_id}

    def moved(self, mxid: str, room_id: str = "") -> None:
        """Hear that somebody came or went, and where, once that is kept."""
        if mxid == self.me:
            self._inside.clear()
        owners = {who for who, room in self._known.items() if room.room_id == room_id}
        self._inside -= owners | {mxid}

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
        self.changed.set()

    async def _remembered(self, mxid: str) -> Room | None:
        async with self.store.read() as session:
            return await rooms.by_key(session, f"direct:{mxid}")

    def _alias(self, mxid: str) -> str:
        """Name the room so that a second attempt finds the first; opaque to everybody else."""
        digest = hashlib.sha256(f"{self.region}\n{self.me}\n{mxid}".encode()).hexdigest()
        return f"sv-{digest[:24]}"

    def _full(self, alias: str) -> str:
        return f"#{alias}:{self.me.partition(':')[2]}"

    def _described(self) -> list[dict[str, Any]]:
        shown = descriptions(self.menu, self.me).items()
        return [{"type": DESCRIPTION, "state_key": it, "content": told} for it, told in shown]

    async def _make(self, mxid: str) -> tuple[str, bool]:
        """Make the room, or find the one that was made before; tell whether it is new."""
        alias = self._alias(mxid)
        body: dict[str, Any] = {
            "preset": "private_chat",
            "room_alias_name": alias,
            "name": self.name,
            "is_direct": True,
            "initial_state": [*([ENCRYPTION] if self.encrypted else []), *self._described()],
            "power_level_content_override": {"invite": 50},
        }
        try:
            made = await self.wire.call("POST", "/_matrix/client/v3/createRoom", body)
        except MatrixRefusal as refusal:
            if refusal.errcode != "M_ROOM_IN_USE":
                raise
            path = f"/_matrix/client/v3/directory/room/{quote(self._full(alias))}"
            found = await self.wire.call("GET", path)
            return str(found["room_id"]), False
        return str(made["room_id"]), True

    async def _keep(self, mxid: str, room_id: str, *, made: bool) -> Room:
        """Remember a room of our own; its alias tells that it is."""
        key, alias = f"direct:{mxid}", self._full(self._alias(mxid))
        encrypted = await self._sealed(key, room_id, made=made)
        row = Room(key=key, room_id=room_id, alias=alias, encrypted=encrypted, made_at=self.now())
        async with self.store.begin() as session:
            kept = await rooms.remember(session, row)
            await rooms.moved(session, room_id, self.me, "join", self.now())
        log.info("direct.made", room_id=room_id)
        self.changed.set()
        return kept

    async def is_encrypted(self, room_id: str) -> bool:
        """Ask the server whether a room is encrypted, by whatever algorithm: it is not clear."""
        try:
            await self.wire.call("GET", _encryption(room_id))
        except MatrixRefusal as refusal:
            if refusal.errcode == "M_NOT_FOUND":
                return False
            raise
        return True

    async def _sealed(self, key: str, room_id: str, *, made: bool) -> bool:
        """Tell whether a room of our own is encrypted; have it be, if it should. Raise Unsealed."""
        if made or await self.is_encrypted(room_id):
            return self.encrypted or not made
        if self.encrypted:
            try:
                await self.wire.call("PUT", _encryption(room_id), MEGOLM)
            except MatrixRefusal as refusal:
                if refusal.for_now:
                    raise
                raise Unsealed(key) from refusal
            log.warning("direct.sealed", room_id=room_id)
        return self.encrypted

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
            # As state, since an ordinary invitation cannot say that the room is for two.
            member = f"/_matrix/client/v3/rooms/{quote(room.room_id)}/state/m.room.member"
            asked = {"membership": "invite", "is_direct": True}
            await self.wire.call("PUT", f"{member}/{quote(mxid)}", asked)
        except MatrixRefusal as refusal:
            if "already in the room" not in refusal.error:
                raise
        async with self.store.begin() as session:
            await rooms.moved(session, room.room_id, mxid, "invite", self.now())


def _encryption(room_id: str) -> str:
    return f"/_matrix/client/v3/rooms/{quote(room_id)}/state/m.room.encryption"
