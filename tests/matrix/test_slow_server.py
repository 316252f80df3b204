"""A homeserver that takes its time: its own people wait for it, and nobody else does."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from bot.dispatch import unheard
from bot.dispatch.desk import Desk
from bot.domain.incoming import Incoming, Moved, Said, Unreadable
from bot.matrix import beside, directory
from bot.matrix.directs import Directs
from bot.matrix.ears import Ears
from bot.matrix.keyring import Keyring
from bot.matrix.line import LONG_POLL_MS, SHORT_POLL_MS, SINCE, Line
from bot.store import kept
from bot.store.engine import Store
from tests.matrix.test_line import Listener
from tests.matrix.test_proof import BO, BOT, MALLORY, ROOM, Device, Server
from tests.matrix.test_proof import Line as Way

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SLOW = MALLORY.partition(":")[2]


class Keeper(Listener):
    """A listener that keeps what nobody can read yet."""

    async def hear(self, session: Any, events: Sequence[Incoming], now: datetime) -> None:  # noqa: ANN401
        await super().hear(session, events, now)
        for event in events:
            if isinstance(event, Unreadable):
                await unheard.keep(session, event, now)


class SlowServer(Server):
    """A homeserver behind which another one does not tell whose devices there are until it may."""

    def __init__(self) -> None:
        super().__init__()
        self.answers = asyncio.Event()
        self.asked: list[set[str]] = []

    async def call(  # type: ignore[override]  # a homeserver needs no more to answer
        self, method: str, path: str, body: Mapping[str, Any] | None = None, **_: object
    ) -> dict[str, Any]:
        if path.endswith("/keys/query"):
            self.asked.append({*(body or {})["device_keys"]})
            if any(it.endswith(SLOW) for it in self.asked[-1]):
                await self.answers.wait()
        return await super().call(method, path, body)


class Stream(Way):
    """The bot's way to the server, with answers laid in for its questions for news."""

    def __init__(self, server: Server, *syncs: dict[str, Any]) -> None:
        super().__init__(server, BOT)
        self.syncs = deque(syncs)
        self.polls: list[int] = []

    async def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        **more: Any,  # noqa: ANN401
    ) -> dict[str, Any]:
        if not path.endswith("/sync"):
            return await super().call(method, path, body, **more)
        self.polls.append(int(more["query"]["timeout"]))
        if self.syncs:
            return self.syncs.popleft()
        await asyncio.sleep(0.01)
        return {"next_batch": "end"}


@pytest.fixture(autouse=True)
def _short_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "MOMENT", 0.05)


@pytest.fixture
async def server() -> SlowServer:
    return SlowServer()


@pytest.fixture
async def bot(server: SlowServer) -> Keyring:
    ring = Keyring(BOT, "BOT", None, "", one_time_keys=2)
    await ring.publish(Way(server, BOT))
    return ring


@asynccontextmanager
async def listening(store: Store, bot: Keyring, stream: Stream) -> AsyncIterator[Listener]:
    """Let the bot's line run, for somebody who only listens."""
    async with store.begin() as session:
        await kept.put(session, SINCE, "s0")
    desk = Keeper()
    directs = Directs(store, stream, BOT, "x", encrypted=True, now=lambda: NOW)
    line = Line(
        stream, bot, Ears(BOT, (), bot, lambda: NOW), store, cast("Desk", desk), directs,
        lambda: NOW, lambda *_: None,
    )  # fmt: skip
    work = asyncio.create_task(line.run())
    try:
        async with asyncio.timeout(10):
            yield desk
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        bot.close()


def sync(*events: dict[str, Any], room: str = ROOM) -> dict[str, Any]:
    timeline = {"events": list(events)}
    return {"next_batch": events[-1]["event_id"], "rooms": {"join": {room: {"timeline": timeline}}}}


def joins(who: str) -> dict[str, Any]:
    return {
        "type": "m.room.member", "event_id": f"$join-{who}", "sender": who, "state_key": who,
        "origin_server_ts": 1, "content": {"membership": "join"},
    }  # fmt: skip


def in_clear(who: str, words: str) -> dict[str, Any]:
    return {
        "type": "m.room.message", "event_id": f"${words}", "sender": who, "origin_server_ts": 1,
        "content": {"msgtype": "m.text", "body": words},
    }  # fmt: skip


async def until_heard(desk: Listener, words: str) -> None:
    while words not in {it.body for it in desk.heard if isinstance(it, Said)}:  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def test_a_stranger_whose_server_is_slow_keeps_nobody_waiting(
    store: Store, server: SlowServer, bot: Keyring
) -> None:
    mallory = await Device(server, MALLORY, "MALLORY").arrives()
    noise = [await mallory.writes(f"noise {it}", to=bot) for it in range(3)]
    stream = Stream(server, sync(joins(MALLORY)), *map(sync, noise), sync(in_clear(BO, "!hjälp")))

    async with listening(store, bot, stream) as desk:
        await until_heard(desk, "!hjälp")

        assert not server.answers.is_set()
        assert [it.sender for it in desk.heard if isinstance(it, Unreadable)] == [MALLORY] * 3
        assert [it.mxid for it in desk.heard if isinstance(it, Moved)] == [MALLORY]


async def test_what_people_on_a_slow_server_wrote_is_read_soon_after_it_has_answered(
    store: Store, server: SlowServer, bot: Keyring
) -> None:
    mallory = await Device(server, MALLORY, "MALLORY").arrives()
    stream = Stream(server, sync(await mallory.writes("!kalla", to=bot)))

    async with listening(store, bot, stream) as desk:
        while SHORT_POLL_MS not in stream.polls:  # noqa: ASYNC110 - the wire does not tell
            await asyncio.sleep(0.01)
        before = [type(it) for it in desk.heard]
        server.answers.set()
        await until_heard(desk, "!kalla")
        while stream.polls[-1] != LONG_POLL_MS:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.01)

    assert before == [Unreadable]
    assert server.asked.count({MALLORY}) == 1


async def test_letters_from_devices_that_nobody_lists_make_the_bot_ask_now_and_then_only(
    server: SlowServer, bot: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlisted = Device(server, BO, "UNLISTED")
    for _ in range(5):
        await unlisted.writes("noise", to=bot)
        unlisted.keyring.forget_room(ROOM)
        await bot.publish(Way(server, BOT))
    asked = [it for it in server.asked if it == {BO}]

    monkeypatch.setattr(directory, "WONDER_EVERY", 0.0)
    await bot.publish(Way(server, BOT))

    assert len(asked) == 1
    assert len([it for it in server.asked if it == {BO}]) == 2


async def test_who_is_on_another_server_is_written_to_while_one_is_slow(
    server: SlowServer, bot: Keyring
) -> None:
    for who in (BO, MALLORY):
        await Device(server, who, who[1:4]).arrives()
    slow = asyncio.create_task(bot.encrypt(server, "!theirs", [BOT, MALLORY], "m.x", {}))
    await asyncio.sleep(0)

    async with asyncio.timeout(5):
        await bot.encrypt(server, ROOM, [BOT, BO], "m.x", {})

    assert [*server.letters] == [BO]
    slow.cancel()
    await asyncio.gather(slow, return_exceptions=True)
