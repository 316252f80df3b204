"""Which Matrix room a letter's place is, and whether it is encrypted."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.matrix.directs import Directs
from bot.matrix.unsealed import Unsealed
from bot.store import rooms
from bot.store.engine import Store


@dataclass(frozen=True)
class Address:
    """A room to carry letters to."""

    room_id: str
    encrypted: bool


@dataclass
class Addresses:
    """Finds rooms by place, and remembers those that never change."""

    store: Store
    directs: Directs
    _known: dict[str, Address] = field(default_factory=dict)

    async def of(self, place: str) -> Address | None:
        """Find the room of a place; a direct room that is not there yet is made.

        Raise Unsealed for a room of our own that is to be encrypted and is not known to be.
        """
        kind, _, name = place.partition(":")
        if kind == "direct":
            room = await self.directs.ensure(name)
            return Address(room.room_id, room.encrypted)
        known = self._known.get(place)
        if known is None:
            known = await (self._foreign(name) if kind == "room" else self._own(place))
            if known is not None:
                self._known[place] = known
        return known

    def forget(self, place: str) -> None:
        """Look the place up anew the next time."""
        self._known.pop(place, None)

    def sealed(self, room_id: str) -> None:
        """Take in that a room is encrypted, or replaced: what was known of it is looked up anew."""
        self._known = {key: its for key, its in self._known.items() if its.room_id != room_id}
        self.directs.sealed(room_id)

    async def _own(self, key: str) -> Address | None:
        async with self.store.read() as session:
            room = await rooms.by_key(session, key)
        if room is not None and self.directs.encrypted and not room.encrypted:
            raise Unsealed(key)
        if room is not None and await self._is_closed(room.room_id):
            return None
        return None if room is None else Address(room.room_id, room.encrypted)

    async def _is_closed(self, room_id: str) -> bool:
        """Tell whether another room is to take its place: what is for it waits for that one."""
        async with self.store.read() as session:
            return await rooms.is_closed(session, room_id)

    async def _foreign(self, room_id: str) -> Address:
        """Find out about a room somebody else made: the server knows whether it is encrypted."""
        return Address(room_id, await self.directs.is_encrypted(room_id))
