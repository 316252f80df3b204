"""Back after a long absence: five thousand messages, some sealed, with more keys than come at once.

A homeserver gives a hundred messages of a room and a hundred letters in one answer. The messages
left out are fetched in pages; the letters come with the answers after it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from bot.dispatch.desk import Desk
from bot.domain.incoming import Said, Unreadable
from bot.matrix.directs import Directs
from bot.matrix.ears import Ears
from bot.matrix.gaps import PAGE
from bot.matrix.keyring import Keyring
from bot.matrix.line import SINCE, Line
from bot.store import kept, unread
from bot.store.engine import Store
from tests.matrix.test_proof import BOT, ROOM, Device, Server
from tests.matrix.test_slow_server import Keeper

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MESSAGES, AT_ONCE = 5000, 100
SEALED_EVERY, PER_KEY = 10, 3
"""Of ten messages one is sealed; after three its writer begins with a new key."""
WRITERS = tuple(f"@{name}:{name}.example" for name in ("ada", "bea", "cia", "eva"))


@dataclass
class Absence:
    """What a homeserver has, in its order: the room's messages, and letters to the bot."""

    events: list[dict[str, Any]] = field(default_factory=list)
    letters: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, number: int) -> dict[str, Any]:
        """Give the answer of that number: the room in the first, letters as long as there are."""
        some = self.letters[number * AT_ONCE : (number + 1) * AT_ONCE]
        timeline = {"events": self.events[-AT_ONCE:], "limited": True, "prev_batch": "0"}
        rooms = {"join": {ROOM: {"timeline": timeline}}} if number == 0 else {}
        return {"next_batch": f"s{number + 1}", "rooms": rooms, "to_device": {"events": some}}

    def page(self, at: int) -> dict[str, Any]:
        """Give a page backwards."""
        older = self.events[: -AT_ONCE - at or None]
        chunk = older[-PAGE:][::-1]
        return {"chunk": chunk, **({"end": str(at + PAGE)} if len(older) > PAGE else {})}


class Homeserver(Server):
    """Hands out each one-time key of the bot once, and what came while it was away."""

    def __init__(self) -> None:
        super().__init__()
        self.fresh: list[tuple[str, dict[str, Any]]] = []
        self.absence = Absence()
        self.pages = self.answers = 0

    async def call(  # type: ignore[override]  # a homeserver needs no more to answer
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
        **_: object,
    ) -> dict[str, Any]:
        if path.endswith("/keys/upload") and body:
            self.keys.setdefault(BOT, {"device_keys": {"BOT": body.get("device_keys")}})
            self.fresh += body.get("one_time_keys", {}).items()
        if path.endswith("/keys/claim"):
            self.one_time["BOT"] = dict([self.fresh.pop()])
        if path.endswith("/messages") and query:
            self.pages += 1
            return self.absence.page(int(query["from"]))
        if path.endswith("/sync"):
            self.answers += 1
            await asyncio.sleep(0)
            return self.absence.answer(self.answers - 1)
        return await super().call(method, path, body)


async def goes_on(server: Homeserver) -> None:
    """Let everybody write while the bot is away."""
    devices = []
    for number, who in enumerate(WRITERS):
        device = Device(server, who, f"DEVICE-{number}")
        server.keys[who] = {"device_keys": {device.device_id: device.keyring.machine.device_keys()}}
        devices.append(device)
    for number in range(MESSAGES):
        device = devices[number // SEALED_EVERY % len(devices)]
        content = {"msgtype": "m.text", "body": str(number)}
        kind = "m.room.message"
        if number % SEALED_EVERY == 0:
            if number // SEALED_EVERY // len(devices) % PER_KEY == 0:
                device.keyring.forget_room(ROOM)
            content, kind = await sealed(server, device, content), "m.room.encrypted"
        server.absence.events.append({
            "type": kind, "event_id": f"${number}", "sender": device.user_id,
            "origin_server_ts": number, "content": content,
        })  # fmt: skip


async def sealed(server: Homeserver, device: Device, content: dict[str, Any]) -> dict[str, Any]:
    """Seal a message; its key, if it is a new one, goes to the bot's letter box."""
    server.letters = {}
    secret = await device.keyring.encrypt(server, ROOM, [BOT], "m.room.message", content)
    if server.letters:
        letter = server.letters[BOT]["BOT"]
        named = {"type": "m.room.encrypted", "sender": device.user_id}
        server.absence.letters.append({**named, "content": letter})
    return secret


@asynccontextmanager
async def listening(store: Store, bot: Keyring, server: Homeserver) -> AsyncIterator[Keeper]:
    async with store.begin() as session:
        await kept.put(session, SINCE, "s0")
    desk, directs = Keeper(), Directs(store, server, BOT, "x", encrypted=True, now=lambda: NOW)
    line = Line(
        server, bot, Ears(BOT, (), bot, lambda: NOW), store, cast("Desk", desk), directs,
        lambda: NOW, lambda *_: None,
    )  # fmt: skip
    work = asyncio.create_task(line.run())
    try:
        async with asyncio.timeout(60):
            yield desk
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        bot.close()


async def test_after_five_thousand_messages_each_is_heard_once_and_those_of_late_keys_after_it(
    store: Store,
) -> None:
    server = Homeserver()
    bot = Keyring(BOT, "BOT", None, "", one_time_keys=8)
    await bot.publish(server)
    await goes_on(server)

    async with listening(store, bot, server) as desk:
        while len([it for it in desk.heard if isinstance(it, Said)]) < MESSAGES:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        while server.answers < len(server.absence.letters) // AT_ONCE + 3:  # noqa: ASYNC110
            await asyncio.sleep(0.05)

    said = [int(it.body) for it in desk.heard if isinstance(it, Said)]
    waited = [int(it.event_id[1:]) for it in desk.heard if isinstance(it, Unreadable)]
    assert len(server.absence.letters) > AT_ONCE
    assert server.pages == (MESSAGES - AT_ONCE) // PAGE + 1
    assert sorted(said) == list(range(MESSAGES))
    assert waited == sorted(waited) != []
    assert said == [*(it for it in range(MESSAGES) if it not in {*waited}), *waited]
    async with store.read() as session:
        assert await unread.every(session) == []
