"""What a letter survives on its way: only what is wrong with itself or its room ends it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from bot.domain.model import Letter, Room
from bot.matrix import courier as courier_
from bot.matrix.courier import Courier
from bot.matrix.directs import Directs
from bot.matrix.keyring import Keyring
from bot.matrix.wire import MatrixRefusal, Wire
from bot.store import deadlines, letters, rooms
from bot.store.engine import Store

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class OneRefusal:
    """A homeserver that refuses once, and then takes what it is given."""

    def __init__(self, refusal: MatrixRefusal, inside: Sequence[str] = ("!vsk",)) -> None:
        self.refusal: MatrixRefusal | None = refusal
        self.inside = inside
        self.taken: list[str] = []

    async def rest(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def call(
        self, _method: str, path: str, body: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        if body is None:
            return {"joined_rooms": [*self.inside]}
        if refusal := self.refusal:
            self.refusal = None
            raise refusal
        self.taken.append(body["body"])
        return {"event_id": f"${path.rsplit('/', 1)[1]}"}


@pytest.fixture
async def store(store: Store) -> Store:
    """Let one letter wait for a room."""
    async with store.begin() as session:
        await rooms.remember(session, Room(key="forum:VSK", room_id="!vsk", made_at=NOW))
        content = {"plain": "Kallelse", "html": "", "mention": [], "call": True}
        letter = Letter(
            id="one", place="forum:VSK", kind="message", content=content, written_at=NOW
        )
        await letters.write(session, [letter])
    return store


async def carried(store: Store, wire: OneRefusal) -> Letter:
    """Let a courier work until the letter is sent or given up; give it as it is kept."""
    line = cast("Wire", wire)
    directs = Directs(store, line, "@samverkan:here", "x", encrypted=False, now=lambda: NOW)
    courier = Courier(store, line, cast("Keyring", None), directs, lambda: NOW)
    courier.wake()
    work = asyncio.create_task(courier.run())
    try:
        async with asyncio.timeout(10):
            while not await courier.idle():  # noqa: ASYNC110 - it tells of itself only when asked
                await asyncio.sleep(0.01)
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
    async with store.read() as session:
        letter = await letters.by_id(session, "one")
    assert letter is not None
    return letter


@pytest.mark.parametrize(
    ("status", "errcode"),
    [
        (429, "M_LIMIT_EXCEEDED"),
        (401, "M_UNKNOWN_TOKEN"),
        (403, "M_RESOURCE_LIMIT_EXCEEDED"),
        (404, "M_UNKNOWN"),
    ],
)
async def test_a_letter_outlives_a_server_that_will_not_just_now(
    store: Store, monkeypatch: pytest.MonkeyPatch, status: int, errcode: str
) -> None:
    monkeypatch.setattr(courier_, "RETRY_SECONDS", 0.01)
    wire = OneRefusal(MatrixRefusal(status, errcode, "not now"))

    letter = await carried(store, wire)

    assert letter.given_up is None
    assert letter.event_id == "$one"
    assert wire.taken == ["Kallelse"]


@pytest.mark.parametrize(("status", "errcode"), [(413, "M_TOO_LARGE"), (404, "M_NOT_FOUND")])
async def test_a_letter_that_its_room_will_never_take_stands_in_nobodys_way(
    store: Store, status: int, errcode: str
) -> None:
    wire = OneRefusal(MatrixRefusal(status, errcode, "no"))

    letter = await carried(store, wire)

    assert letter.given_up == f"{status} {errcode}"
    assert wire.taken == []


async def test_what_is_for_a_room_the_bot_was_taken_out_of_waits_and_the_operators_are_told(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier_, "RETRY_SECONDS", 0.01)
    wire = OneRefusal(MatrixRefusal(403, "M_FORBIDDEN", "not in the room"), inside=())

    letter = await carried(store, wire)

    assert letter.given_up is None
    assert wire.taken == ["Kallelse"]
    async with store.read() as session:
        (told,) = await deadlines.due(session, NOW)
    assert (told.kind, told.subject) == ("room.closed", "forum:VSK 2026-11-23")


async def test_what_is_for_a_room_where_the_bot_may_not_speak_waits_and_that_is_told(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier_, "RETRY_SECONDS", 0.01)
    wire = OneRefusal(MatrixRefusal(403, "M_FORBIDDEN", "you have not the power to send that"))

    letter = await carried(store, wire)

    assert letter.given_up is None
    assert wire.taken == ["Kallelse"]
    async with store.read() as session:
        (told,) = await deadlines.due(session, NOW)
    assert (told.kind, told.subject) == ("room.closed", "forum:VSK 2026-11-23 silenced")


class Keys:
    """A keyring that says what it was given to encrypt, and to whom."""

    async def encrypt(self, *_args: object) -> dict[str, Any]:
        return {"body": "sealed"}


async def test_a_forums_room_that_is_not_known_to_be_encrypted_gets_nothing_in_clear(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier_, "RETRY_SECONDS", 0.01)
    wire = OneRefusal(MatrixRefusal(429, "M_LIMIT_EXCEEDED", "not now"))
    line, told = cast("Wire", wire), asyncio.Event()
    directs = Directs(store, line, "@samverkan:here", "x", encrypted=True, now=lambda: NOW)
    keys = cast("Keyring", Keys())
    courier = Courier(store, line, keys, directs, lambda: NOW, troubled=told.set)
    courier.wake()
    work = asyncio.create_task(courier.run())
    async with asyncio.timeout(10):
        await told.wait()
    before = list(wire.taken)
    async with store.begin() as session:
        waits = [each.kind for each in await deadlines.due(session, NOW)]
        await rooms.seal(session, "!vsk")
    async with asyncio.timeout(10):
        while not wire.taken:  # noqa: ASYNC110 - the wire does not tell
            await asyncio.sleep(0.01)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)

    assert before == []
    assert waits == ["room.unsealed"]
    assert wire.taken == ["sealed"]


async def test_an_answer_to_what_sealed_its_room_is_sealed_whatever_was_remembered_of_the_room(
    store: Store,
) -> None:
    wire = OneRefusal(MatrixRefusal(429, "M_LIMIT_EXCEEDED", "not now"))
    wire.refusal, line, amira = None, cast("Wire", wire), "@amira:here"
    directs = Directs(store, line, "@samverkan:here", "x", encrypted=False, now=lambda: NOW)
    directs._known[amira] = Room(key=f"direct:{amira}", room_id="!late", made_at=NOW)
    directs._inside.add(amira)
    content = {"plain": "Hjälp", "html": "", "mention": [], "call": True}
    async with store.begin() as session:
        await letters.give_up(session, "one", "not of this test")
        await rooms.seal(session, "!late")
        answer = Letter(
            id="two", place=f"direct:{amira}", kind="message", content=content, written_at=NOW
        )
        await letters.write(session, [answer])
    courier = Courier(store, line, cast("Keyring", Keys()), directs, lambda: NOW)
    courier.wake()
    work = asyncio.create_task(courier.run())
    async with asyncio.timeout(10):
        while not wire.taken:  # noqa: ASYNC110 - the wire does not tell
            await asyncio.sleep(0.01)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)

    assert wire.taken == ["sealed"]
