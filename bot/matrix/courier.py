"""Carries letters to their rooms: in order within a room, rooms side by side, urgent ones first.

A letter's id is the transaction id, so a letter carried twice is said once. The courier decides
nothing: a room that refuses is written on the letter; a server that is silent, or will not just
now, and a room of the law's where the bot may not speak, are tried again.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

import structlog

from bot.domain.model import Letter
from bot.matrix.addresses import Address, Addresses
from bot.matrix.attachments import Attachments
from bot.matrix.directs import Directs
from bot.matrix.envelope import MARK, seal
from bot.matrix.keyring import Keyring
from bot.matrix.receipts import Receipts
from bot.matrix.unsealed import Unsealed
from bot.matrix.wire import MatrixRefusal, Unreachable, Wire, quote
from bot.store import deadlines, letters, rooms
from bot.store.engine import Store

log = structlog.get_logger()

ROUND = 500  # letters taken from the database at a time
RETRY_SECONDS = 5.0  # before a room whose server was silent is tried again


@dataclass(frozen=True)
class Delivery:
    """A letter that has arrived, for those who watch the line."""

    letter: Letter
    room_id: str
    event_id: str
    replaces: str | None


@dataclass
class Courier:
    """One courier for the whole house.

    Every letter up to the position `_taken` that is not sent lies in its room's bag, so each is
    read from the database once; after a crash all that is not noted as sent is read again.
    """

    store: Store
    wire: Wire
    keyring: Keyring
    directs: Directs
    now: Callable[[], datetime]
    delivered: Callable[[Delivery], None] | None = None
    troubled: Callable[[], None] | None = None
    """Told when there is a new deadline: somebody must hear of a room that cannot be used."""
    files: Attachments | None = None
    """Makes the files of letters; without it they go as words."""
    _wanted: asyncio.Event = field(default_factory=asyncio.Event)
    _taken: int = 0
    _bags: dict[str, deque[Letter]] = field(default_factory=dict)
    _lanes: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Set up the courier's own helpers: where to go, and what to note."""
        self._addresses = Addresses(self.store, self.directs)
        self._receipts = Receipts(self.store, self.now)

    def wake(self) -> None:
        """Say that there may be letters."""
        self._wanted.set()

    def sealed(self, room_id: str) -> None:
        """Take in that a room has become encrypted: nothing more goes there in clear."""
        self._addresses.sealed(room_id)

    async def run(self) -> None:
        """Carry letters until cancelled."""
        noting = asyncio.create_task(self._receipts.run())
        try:
            while True:
                await self._wanted.wait()
                self._wanted.clear()
                await self._hand_out()
        finally:
            tasks = [noting, *self._lanes.values()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._receipts.note()

    async def idle(self, away: tuple[str, ...] = ()) -> bool:
        """Tell whether nothing is under way and nothing waits that could be carried.

        `away` are homeservers known to be out of reach; what goes to their people waits.
        """
        gone = tuple(f":{server}" for server in away)
        under_way = [place for place in self._lanes if not place.endswith(gone)]
        if self._wanted.is_set() or under_way or not self._receipts.empty:
            return False
        async with self.store.read() as session:
            return not await letters.unsent(session, 1, after=self._taken)

    async def _hand_out(self) -> None:
        """Put the letters written since last time in their rooms' bags; urgent rooms go first."""
        async with self.store.read() as session:
            new = await letters.unsent(session, ROUND, after=self._taken)
        if len(new) == ROUND:
            self._wanted.set()
        for letter in new:
            self._bags.setdefault(letter.place, deque()).append(letter)
            self._taken = letter.position or self._taken
        for place in dict.fromkeys(letter.place for letter in sorted(new, key=_least_urgent)):
            if place not in self._lanes:
                self._lanes[place] = asyncio.create_task(self._lane(place, self._bags[place]))

    async def _lane(self, place: str, bag: deque[Letter]) -> None:
        """Empty a room's bag, from the front."""
        try:
            while bag:
                if await self._dealt_with(bag):
                    bag.popleft()
                else:
                    await self.wire.rest(RETRY_SECONDS)
        finally:
            del self._lanes[place]

    async def _dealt_with(self, bag: deque[Letter]) -> bool:
        """Put the first letter in its room, or drop it; False when the room must wait."""
        letter = bag[0]
        try:
            return await self._carry(letter, bag)
        except MatrixRefusal as refusal:
            if _could_be_closed(refusal, letter.place) and await self._is_shut(letter, refusal):
                self._addresses.forget(letter.place)  # `apply` may have made it anew
                return False
            if not refusal.for_now:
                self._drop(letter, f"{refusal.status} {refusal.errcode}")
                return True
            log.warning("letter.delayed", letter=letter.id, place=letter.place, why=str(refusal))
        except Unreachable as silent:
            log.warning("letter.delayed", letter=letter.id, place=letter.place, why=str(silent))
        except Unsealed as bare:
            await self._report("room.unsealed", bare.place)
        except Exception:
            log.exception("lane.failed", letter=letter.id, place=letter.place)
        return False

    async def _is_shut(self, letter: Letter, refusal: MatrixRefusal) -> bool:
        """Tell whether a room of the law's takes nothing of ours now, and have that be known."""
        inside = await self._is_in(letter.place)
        if inside and refusal.errcode != "M_FORBIDDEN":
            return False
        if inside is not None:
            silenced = " silenced" if inside else ""
            await self._report("room.closed", f"{letter.place} {self.now().date()}{silenced}")
        return True

    async def _is_in(self, place: str) -> bool | None:
        """Ask the server whether the bot is in the room of a place; None if it cannot say."""
        try:
            answer = await self.wire.call("GET", "/_matrix/client/v3/joined_rooms")
        except (MatrixRefusal, Unreachable):
            return None
        address = await self._addresses.of(place)
        return address is not None and address.room_id in answer.get("joined_rooms", ())

    async def _report(self, kind: str, about: str) -> None:
        """Have the operators told, once, of a room of ours where nothing can be said now."""
        async with self.store.begin() as session:
            new = await deadlines.set_once(session, kind, about, self.now())
        if new:
            log.error(kind, place=about)
            if self.troubled:
                self.troubled()

    async def _carry(self, letter: Letter, bag: deque[Letter]) -> bool:
        address = await self._addresses.of(letter.place)
        if address is None:
            log.warning("letter.homeless", letter=letter.id, place=letter.place)
            return False
        target, replaces = await self._relations(letter)
        if letter.target and target is None:
            self._drop(letter, "what it belongs to was never sent")
            return True
        if replaces and any(later.object == letter.object for later in islice(bag, 1, None)):
            self._receipts.dropped(letter, "superseded")  # by an edit that waits behind it
            return True
        event_id = await self._put(letter, address, target, replaces)
        self._receipts.arrived(letter, event_id)
        if self.files:
            self.files.done(letter)
        if self.delivered:
            self.delivered(Delivery(letter, address.room_id, event_id, replaces))
        return True

    async def _put(
        self, letter: Letter, address: Address, target: str | None, replaces: str | None
    ) -> str:
        file, sealed = None, await self._is_sealed(address)
        if letter.kind == "file" and self.files:
            file = await self.files.of(letter, encrypted=sealed)
        envelope = seal(letter, target=target, replaces=replaces, file=file)
        kind, content = envelope.type, envelope.content
        if sealed and kind != "m.reaction":
            async with self.store.read() as session:
                members = await rooms.present(session, address.room_id)
            content = await self.keyring.encrypt(self.wire, address.room_id, members, kind, content)
            content[MARK] = {"letter": letter.id}  # in clear: another device of ours finds it, too
            kind = "m.room.encrypted"
        path = f"/_matrix/client/v3/rooms/{quote(address.room_id)}/send/{kind}/{letter.id}"
        return str((await self.wire.call("PUT", path, content))["event_id"])

    async def _is_sealed(self, address: Address) -> bool:
        """Tell whether a room is encrypted now: it may have become so since its address was found.

        That is kept in the same transaction as the answers to what was said in it.
        """
        if address.encrypted:
            return True
        async with self.store.read() as session:
            return await rooms.is_sealed(session, address.room_id)

    async def _relations(self, letter: Letter) -> tuple[str | None, str | None]:
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
        event_of = self._receipts.event_of
        edited = None if first is None or first.id == letter.id else event_of(first)
        return (event_of(target) if target else None), edited

    def _drop(self, letter: Letter, why: str) -> None:
        log.error("letter.refused", letter=letter.id, place=letter.place, why=why)
        self._receipts.dropped(letter, why)


def _could_be_closed(refusal: MatrixRefusal, place: str) -> bool:
    """Tell whether a refusal may be a room of the law's that is closed to us, not the letter's.

    What is for such a room waits until it is mended: also where we are in it and may not speak.
    """
    ours = place.partition(":")[0] in {"forum", "level", "space"}
    return ours and refusal.errcode in {"M_FORBIDDEN", "M_NOT_FOUND"}


def _least_urgent(letter: Letter) -> bool:
    return not letter.urgent
