"""A person's direct room: theirs, and one that the bot can be heard in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from bot.domain.model import Room
from bot.matrix.directs import Directs
from bot.matrix.wire import MatrixRefusal, Wire
from bot.store import rooms
from bot.store.engine import Store

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
A, B, ROOM = "@a:here", "@b:here", "!theirs"


class Server:
    """A homeserver whose room `!theirs` lets nobody invite."""

    async def call(
        self, _method: str, path: str, _body: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        if path.endswith("/invite") and "theirs" in path:
            raise MatrixRefusal(403, "M_FORBIDDEN", "You don't have permission to invite users")
        if path.endswith("/state/m.room.encryption"):
            raise MatrixRefusal(404, "M_NOT_FOUND", "Event not found.")
        return {"room_id": "!ours" if path.endswith("/createRoom") else ROOM}


def directs(store: Store) -> Directs:
    wire = cast("Wire", Server())
    return Directs(store, wire, "@samverkan:here", "x", encrypted=False, now=lambda: NOW)


async def test_a_room_that_two_have_asked_the_bot_into_stays_the_first_ones(store: Store) -> None:
    doors = directs(store)

    await doors.adopt(ROOM, A)
    await doors.adopt(ROOM, B)

    async with store.read() as session:
        assert await rooms.key_of(session, ROOM) == f"direct:{A}"
    assert (await doors.ensure(B)).room_id == "!ours"


async def test_a_forums_room_never_becomes_somebodys_direct_room(store: Store) -> None:
    doors = directs(store)
    async with store.begin() as session:
        await rooms.remember(session, Room(key="forum:VSK", room_id=ROOM, made_at=NOW))

    await doors.adopt(ROOM, A)

    async with store.read() as session:
        assert await rooms.key_of(session, ROOM) == "forum:VSK"


async def test_who_has_left_a_room_that_lets_nobody_in_gets_another(store: Store) -> None:
    doors = directs(store)
    await doors.adopt(ROOM, A)
    async with store.begin() as session:
        await rooms.moved(session, ROOM, A, "leave", NOW)

    room = await doors.ensure(A)

    assert room.room_id == "!ours"


async def test_where_the_bot_was_taken_out_it_opens_a_room_of_its_own(store: Store) -> None:
    doors = directs(store)
    await doors.adopt(ROOM, A)
    async with store.begin() as session:
        await rooms.moved(session, ROOM, "@samverkan:here", "leave", NOW)

    room = await doors.ensure(A)

    assert room.room_id == "!ours"


async def test_a_room_that_was_encrypted_later_is_known_as_that(store: Store) -> None:
    doors = directs(store)
    await doors.adopt(ROOM, A)
    before = (await doors.ensure(A)).encrypted

    async with store.begin() as session:
        await rooms.seal(session, ROOM)
    doors.sealed(ROOM)

    assert (before, (await doors.ensure(A)).encrypted) == (False, True)
