"""What a letter survives on its way: only what is wrong with itself or its room ends it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from bot.domain.model import Letter, Room
from bot.matrix import courier as courier_
from bot.matrix.courier import Courier
from bot.matrix.directs import Directs
from bot.matrix.keyring import Keyring
from bot.matrix.wire import MatrixRefusal, Wire
from bot.store import letters, rooms
from bot.store.engine import Store

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class OneRefusal:
    """A homeserver that refuses once, and then takes what it is given."""

    def __init__(self, refusal: MatrixRefusal) -> None:
        self.refusal: MatrixRefusal | None = refusal
        self.taken: list[str] = []

    async def call(self, _method: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
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


@pytest.mark.parametrize(
    ("status", "errcode"), [(403, "M_FORBIDDEN"), (413, "M_TOO_LARGE"), (404, "M_NOT_FOUND")]
)
async def test_a_letter_that_its_room_will_never_take_stands_in_nobodys_way(
    store: Store, status: int, errcode: str
) -> None:
    wire = OneRefusal(MatrixRefusal(status, errcode, "no"))

    letter = await carried(store, wire)

    assert letter.given_up == f"{status} {errcode}"
    assert wire.taken == []
