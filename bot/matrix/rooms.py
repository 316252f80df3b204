"""Makes the rooms what the law wants. Killed anywhere and begun again, it ends in the same place.

The alias is what keeps a room from being made twice: the homeserver takes it before anything else
of the room, so a second try is refused and finds the first.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.menus import DESCRIPTION
from bot.domain.model import Room
from bot.domain.room_plan import (
    ActualRoom,
    Create,
    Leftover,
    Link,
    Offering,
    Rejoin,
    SetState,
    Step,
    Unlink,
    in_use,
    leftovers,
    plan,
)
from bot.domain.room_state import CHILD, ENCRYPTION, Content, creation, made
from bot.domain.rooms import SPACE, WantedRoom
from bot.matrix.room_reader import (
    CLIENT,
    ForeignRoom,
    alias_path,
    found_by_alias,
    full_alias,
    read_room,
    read_rooms,
)
from bot.matrix.wire import MatrixRefusal, Wire, quote
from bot.store import rooms
from bot.store.engine import Store

log = structlog.get_logger()

PATIENCE = 900.0
"""Seconds one request may stand in line: a server that is not told to spare us lets ten rooms
through and then one a minute."""
JOIN_PATIENCE = 3.0
"""Seconds: to go into a room is quick, or the room is empty, which Synapse takes for a fault."""
EMPTY = "no servers that are in the room"
"""What Synapse says (404 M_UNKNOWN) of a room that nobody is in."""
ROUNDS = 3
"""A second round mends the rooms that the first found half built; a third is for bad luck."""

Wanting = Callable[[AsyncSession], Awaitable[Sequence[WantedRoom]]]
"""Tells which rooms are wanted, from the history: forums are opened and closed."""
Progress = Callable[[int, int, Step], None]
"""Told before each step: how many are done, of how many, and which comes."""

__all__ = ["Builder", "ForeignRoom", "Look"]


@dataclass(frozen=True)
class Look:
    """What was found: the rooms there are, the steps to take, and what the law has let go."""

    actual: Mapping[str, ActualRoom]
    steps: tuple[Step, ...]
    leftovers: tuple[Leftover, ...]


def _no_progress(_done: int, _of: int, _step: Step) -> None:
    """Say nothing."""


class Builder:
    """Compares the wanted rooms with those there are, and carries the steps out."""

    def __init__(self, wire: Wire, store: Store, wanted: Sequence[WantedRoom] | Wanting) -> None:
        self._wire = wire
        self._store = store
        self._asked = wanted
        self._wanted: dict[str, WantedRoom] = {}
        self._ids: dict[str, str] = {}

    async def look(self, only: Collection[str] | None = None) -> Look:
        """See what there is and what would be done; change nothing. Raise ForeignRoom.

        `only` are the keys of the rooms that matter; their Spaces are looked at for their sake.
        """
        async with self._store.read() as session:
            known = {room.key: room.room_id for room in await rooms.every(session)}
            every = await self._asked(session) if callable(self._asked) else self._asked
        self._wanted = {room.key: room for room in every}
        wanted = tuple(self._wanted[key] for key in _with_spaces(self._wanted, only))
        actual = await read_rooms(self._wire, wanted, known)
        usable = in_use(actual)
        self._ids = {key: room.room_id for key, room in usable.items()}
        steps = (step for step in plan(wanted, actual, known) if _is_about(step, only))
        return Look(usable, tuple(steps), leftovers(every, known))

    async def apply(
        self,
        now: datetime,
        progress: Progress = _no_progress,
        only: Collection[str] | None = None,
    ) -> tuple[Step, ...]:
        """Take every step, and look again where a room was found that was not seen before."""
        taken: list[Step] = []
        for _ in range(ROUNDS):
            look = await self.look(only)
            await self._remember(look.actual, now)
            found_more = False
            for number, step in enumerate(look.steps):
                progress(number, len(look.steps), step)
                found_more |= await self._take(step, now)
            taken.extend(look.steps)
            if not found_more:
                break
        return tuple(taken)

    async def _take(self, step: Step, now: datetime) -> bool:
        """Carry one step out; tell whether it found a room in another state than planned."""
        match step:
            case Create(key=key):
                return await self._create(self._wanted[key], now)
            case Rejoin(key=key):
                await self._rejoin(self._wanted[key], now)
                return True
            case SetState():
                content = made(step.content, self._ids)
                await self._put(step.key, step.type, made(step.state_key, self._ids), content)
                await self._note_encryption(step, now)
            case Offering():
                for state_key, content in step.changes.items():
                    await self._put(step.key, DESCRIPTION, state_key, content)
            case Link():
                await self._put(step.key, CHILD, self._ids[step.child], step.content)
            case Unlink():
                await self._put(step.key, step.type, step.state_key, {})
        return False

    async def _create(self, room: WantedRoom, now: datetime) -> bool:
        """Make the room, or find the one that was made when nobody heard the answer."""
        try:
            room_id, found = await self._made(room), False
        except MatrixRefusal as refusal:
            if refusal.errcode != "M_ROOM_IN_USE":
                raise
            room_id, found = await self._found(room), True
        self._ids[room.key] = room_id
        await self._keep(room.key, room_id, now, encrypted=room.encrypted and not found)
        log.info("room.made", key=room.key, room_id=room_id, found=found)
        return found

    async def _rejoin(self, room: WantedRoom, now: datetime) -> None:
        """Go into the room again; one that lets nobody in is made anew."""
        try:
            path = f"{CLIENT}/join/{quote(self._ids[room.key])}"
            await self._wire.call("POST", path, {}, patience=JOIN_PATIENCE)
        except MatrixRefusal as refusal:
            if refusal.for_now and EMPTY not in refusal.error:
                raise
            log.warning("room.shut", key=room.key, room_id=self._ids[room.key], why=str(refusal))
            await self._create(room, now)

    async def _made(self, room: WantedRoom) -> str:
        """Make the room anew; give its id."""
        body = made(creation(room, self._ids), self._ids)
        path = f"{CLIENT}/createRoom"
        answer = await self._wire.call("POST", path, body, timeout=120.0, patience=PATIENCE)
        return str(answer["room_id"])

    async def _found(self, room: WantedRoom) -> str:
        """Find the room its alias leads to; one that cannot be used gives the alias back."""
        room_id = await found_by_alias(self._wire, room)
        there = await read_room(self._wire, room, room_id) if room_id else None
        if there and there.inside and not there.replaced:
            return there.room_id
        log.warning("room.half_built", key=room.key, room_id=room_id)
        if room_id:
            await self._wire.call("DELETE", alias_path(room))
        return await self._made(room)

    async def _put(self, key: str, type_: str, state_key: str, content: Content) -> None:
        path = f"{CLIENT}/rooms/{quote(self._ids[key])}/state/{quote(type_)}/{quote(state_key)}"
        await self._wire.call("PUT", path, content, patience=PATIENCE)

    async def _remember(self, actual: Mapping[str, ActualRoom], now: datetime) -> None:
        """Keep the rooms that are there; one made just before a kill is not known yet."""
        async with self._store.read() as session:
            known = {room.key: room for room in await rooms.every(session)}
        for key, there in actual.items():
            encrypted = (ENCRYPTION, "") in there.state
            row = known.get(key)
            if row is None or (row.room_id, row.encrypted) != (there.room_id, encrypted):
                await self._keep(key, there.room_id, now, encrypted=encrypted)

    async def _note_encryption(self, step: SetState, now: datetime) -> None:
        if step.type == ENCRYPTION:
            await self._keep(step.key, self._ids[step.key], now, encrypted=True)

    async def _keep(self, key: str, room_id: str, now: datetime, *, encrypted: bool) -> None:
        room = Room(
            key=key,
            room_id=room_id,
            alias=full_alias(self._wanted[key]),
            encrypted=encrypted,
            made_at=now,
        )
        async with self._store.begin() as session:
            await rooms.remember(session, room)


def _with_spaces(wanted: Mapping[str, WantedRoom], only: Collection[str] | None) -> list[str]:
    """List the rooms to look at, Spaces first: all of them, or those and what they stand in."""
    if only is None:
        return list(wanted)
    keys = {SPACE, *only}  # the region's Space lets people into the rooms
    keys |= {parent for key in only if key in wanted and (parent := wanted[key].parent)}
    return [key for key in wanted if key in keys]


def _is_about(step: Step, only: Collection[str] | None) -> bool:
    """Tell whether a step is for one of those rooms."""
    return only is None or step.key in only or (isinstance(step, Link) and step.child in only)
