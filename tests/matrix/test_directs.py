"""A person's direct room: theirs, and one that the bot can be heard in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from bot.domain.model import Room
from bot.matrix.directs import Directs
from bot.matrix.unsealed import Unsealed
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
        if "/state/m.room.member/" in path and "theirs" in path:
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


async def test_where_somebody_else_listens_it_opens_a_room_of_its_own(store: Store) -> None:
    doors = directs(store)
    await doors.adopt(ROOM, A)
    before = await doors.ensure(A)
    async with store.begin() as session:
        await rooms.moved(session, ROOM, B, "join", NOW)
    doors.moved(B, ROOM)

    room = await doors.ensure(A)

    assert (before.room_id, room.room_id) == (ROOM, "!ours")


async def test_a_room_that_was_encrypted_later_is_known_as_that(store: Store) -> None:
    doors = directs(store)
    await doors.adopt(ROOM, A)
    before = (await doors.ensure(A)).encrypted

    async with store.begin() as session:
        await rooms.seal(session, ROOM)
    doors.sealed(ROOM)

    assert (before, (await doors.ensure(A)).encrypted) == (False, True)


class Liar:
    """A homeserver that makes rooms, and never admits that one is encrypted."""

    def __init__(self, *, yields: bool) -> None:
        self.yields = yields
        self.put: list[Mapping[str, Any]] = []

    async def call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        if path.endswith("/createRoom"):
            raise MatrixRefusal(400, "M_ROOM_IN_USE", "made before")
        if path.endswith("/state/m.room.encryption"):
            if method == "PUT" and self.yields:
                self.put.append(body or {})
                return {"event_id": "$sealed"}
            errcode = "M_FORBIDDEN" if method == "PUT" else "M_NOT_FOUND"
            raise MatrixRefusal(403 if method == "PUT" else 404, errcode, "no")
        return {"room_id": "!ours"}


def sealing(store: Store, server: Liar) -> Directs:
    wire = cast("Wire", server)
    return Directs(store, wire, "@samverkan:here", "x", encrypted=True, now=lambda: NOW)


async def test_a_room_of_its_own_that_should_be_encrypted_is_made_so_before_a_word_is_said(
    store: Store,
) -> None:
    server = Liar(yields=True)

    room = await sealing(store, server).ensure(A)

    assert room.encrypted
    assert server.put == [{"algorithm": "m.megolm.v1.aes-sha2"}]


async def test_a_room_of_its_own_that_cannot_be_encrypted_is_not_used(store: Store) -> None:
    with pytest.raises(Unsealed):
        await sealing(store, Liar(yields=False)).ensure(A)


async def test_a_room_known_from_times_in_clear_is_encrypted_once_it_should_be(
    store: Store,
) -> None:
    await directs(store).ensure(B)

    room = await sealing(store, Liar(yields=True)).ensure(B)

    assert room.encrypted


async def test_whatever_stands_in_the_encryption_state_is_not_clear(store: Store) -> None:
    class Forged(Server):
        async def call(
            self, method: str, path: str, body: Mapping[str, Any] | None = None
        ) -> dict[str, Any]:
            return {} if path.endswith("encryption") else await super().call(method, path, body)

    doors = Directs(store, cast("Wire", Forged()), "@s:here", "x", encrypted=False, now=lambda: NOW)

    assert await doors.is_encrypted(ROOM)
