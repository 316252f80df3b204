"""Carries letters to their rooms: in order within a room, rooms side by side, urgent ones first.

A letter's id is the transaction id, so a letter carried twice is said once. The courier decides
nothing: a room that refuses is written on the letter, a server that is silent is tried again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from bot.domain.model import Letter
from bot.matrix.directs import Directs
from bot.matrix.envelope import seal
from bot.matrix.keyring import Keyring
from bot.matrix.wire import MatrixRefusal, Unreachable, Wire, quote
from bot.store import letters, rooms
from bot.store.engine import Store

log = structlog.get_logger()

ROUND = 500  # letters looked at in one round
RETRY_SECONDS = 5.0  # before a room whose server was silent is tried again


@dataclass(frozen=True)
class Delivery:
    """A letter that has arrived, for those who watch the line."""

    letter: Letter
    room_id: str
    event_id: str
    replaces: str | None


@dataclass(frozen=True)
class _Address:
    room_id: str
    encrypted: bool


@dataclass
class Courier:
    """One courier for the whole house."""

    store: Store
    wire: Wire
    keyring: Keyring
    directs: Directs
    now: Callable[[], datetime]
    delivered: Callable[[Delivery], None] | None = None
    _wanted: asyncio.Event = field(default_factory=asyncio.Event)
    _lanes: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _addresses: dict[str, _Address] = field(default_factory=dict)

    def wake(self) -> None:
        """Say that there may be letters."""
        self._wanted.set()

    async def run(self) -> None:
        """Carry letters until cancelled."""
        try:
            while True:
                await self._wanted.wait()
                self._wanted.clear()
                await self._start_lanes()
        finally:
            for lane in self._lanes.values():
                lane.cancel()
            await asyncio.gather(*self._lanes.values(), return_exceptions=True)

    async def idle(self) -> bool:
        """Tell whether nothing is under way and nothing waits that could be carried."""
        if self._wanted.is_set() or self._lanes:
            return False
        async with self.store.read() as session:
            return not await letters.unsent(session, 1)

    async def _start_lanes(self) -> None:
        async with self.store.read() as session:
            waiting = await letters.unsent(session, ROUND)
        places: dict[str, list[Letter]] = {}
        for letter in waiting:
            places.setdefault(letter.place, []).append(letter)
        if len(waiting) == ROUND:
            self._wanted.set()
            await asyncio.sleep(0)
        for place in sorted(places, key=lambda each: not any(w.urgent for w in places[each])):
            if place not in self._lanes:
                self._lanes[place] = asyncio.create_task(self._lane(place, places[place]))

    async def _lane(self, place: str, waiting: list[Letter]) -> None:
        sent: dict[str, str] = {}
        try:
            for letter in await self._worth_sending(waiting):
                if not await self._carry(letter, sent):
                    await asyncio.sleep(RETRY_SECONDS)
                    break
        except Exception:
            log.exception("lane.failed", place=place)
            await asyncio.sleep(RETRY_SECONDS)
        finally:
            if sent:
                await asyncio.shield(self._mark(sent))
            self._lanes.pop(place, None)
            self._wanted.set()

    async def _worth_sending(self, waiting: list[Letter]) -> list[Letter]:
        """Leave out the edits that a later one waiting in the same room makes old."""
        last = {letter.object: letter.id for letter in waiting if letter.object}
        first = {letter.object: letter.id for letter in reversed(waiting) if letter.object}
        async with self.store.begin() as session:
            told = {
                object_: await letters.first_of_object(session, waiting[0].place, object_)
                for object_ in last
                if last[object_] != first[object_]
            }
            keep = []
            for letter in waiting:
                begun = told.get(letter.object or "")
                if begun is None or letter.id in {last[letter.object or ""], begun.id}:
                    keep.append(letter)
                else:
                    await letters.give_up(session, letter.id, "superseded")
        return keep

    async def _mark(self, sent: dict[str, str]) -> None:
        async with self.store.begin() as session:
            await letters.mark_sent(session, sent, self.now())

    async def _carry(self, letter: Letter, sent: dict[str, str]) -> bool:
        """Put one letter in its room; False when the room must wait."""
        try:
            address = await self._address(letter.place)
            if address is None:
                log.warning("letter.homeless", letter=letter.id, place=letter.place)
                return False
            sent[letter.id] = await self._put(letter, address, sent)
        except MatrixRefusal as refusal:
            await self._give_up(letter, f"{refusal.status} {refusal.errcode}")
        except Unreachable as silent:
            log.warning("letter.delayed", letter=letter.id, place=letter.place, why=str(silent))
            return False
        return True

    async def _put(self, letter: Letter, address: _Address, sent: dict[str, str]) -> str:
        target, replaces = await self._relations(letter, sent)
        envelope = seal(letter, target=target, replaces=replaces)
        kind, content = envelope.type, envelope.content
        if address.encrypted and kind != "m.reaction":
            members = await self._members(address.room_id)
            content = await self.keyring.encrypt(self.wire, address.room_id, members, kind, content)
            kind = "m.room.encrypted"
        path = f"/_matrix/client/v3/rooms/{quote(address.room_id)}/send/{kind}/{letter.id}"
        answer = await self.wire.call("PUT", path, content)
        event_id = str(answer["event_id"])
        if self.delivered:
            self.delivered(Delivery(letter, address.room_id, event_id, replaces))
        return event_id

    async def _relations(
        self, letter: Letter, sent: dict[str, str]
    ) -> tuple[str | None, str | None]:
        """Find the events this letter belongs to: its target's, and the one it edits."""
        if letter.target is None and letter.object is None:
            return None, None
        async with self.store.read() as session:
            target = await letters.by_id(session, letter.target) if letter.target else None
            first = (
                await letters.first_of_object(session, letter.place, letter.object)
                if letter.object
                else None
            )
        edited = None if first is None or first.id == letter.id else _event(first, sent)
        return (_event(target, sent) if target else None), edited

    async def _address(self, place: str) -> _Address | None:
        """Find the room of a place; a direct room that is not there yet is made."""
        kind, _, name = place.partition(":")
        if kind == "direct":
            room = await self.directs.ensure(name)
            return _Address(room.room_id, room.encrypted)
        known = self._addresses.get(place)
        if known is None:
            known = await (self._foreign(name) if kind == "room" else self._own(place))
            if known is not None:
                self._addresses[place] = known
        return known

    async def _own(self, key: str) -> _Address | None:
        async with self.store.read() as session:
            room = await rooms.by_key(session, key)
        return None if room is None else _Address(room.room_id, room.encrypted)

    async def _foreign(self, room_id: str) -> _Address:
        """Find out about a room somebody else made: the server knows whether it is encrypted."""
        return _Address(room_id, await self.directs.is_encrypted(room_id))

    async def _members(self, room_id: str) -> set[str]:
        async with self.store.read() as session:
            return {
                member.mxid
                for member in await rooms.members(session, room_id)
                if member.membership in {"join", "invite"}
            }

    async def _give_up(self, letter: Letter, why: str) -> None:
        log.error("letter.refused", letter=letter.id, place=letter.place, why=why)
        async with self.store.begin() as session:
            await letters.give_up(session, letter.id, why)


def _event(letter: Letter, sent: dict[str, str]) -> str | None:
    return sent.get(letter.id) or letter.event_id
