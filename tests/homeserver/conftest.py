from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.matrix.keyring import Keyring
from bot.matrix.wire import Wire, quote
from bot.rehearsal.homeserver import Account, Homeserver
from tests.homeserver.folder import PASSWORD, Bot, settings_file

CLIENT = "/_matrix/client/v3"
MEGOLM = {"algorithm": "m.megolm.v1.aes-sha2"}


@dataclass
class Person:
    """Somebody with a device, who syncs when told to."""

    account: Account
    wire: Wire
    keyring: Keyring
    since: str | None = None

    @property
    def user_id(self) -> str:
        return self.account.user_id

    async def syncs(self) -> dict[str, Any]:
        query = {"timeout": "0"} | ({"since": self.since} if self.since else {})
        answer = await self.wire.call("GET", f"{CLIENT}/sync", query=query)
        self.since = answer["next_batch"]
        self.keyring.hear(answer)
        await self.keyring.publish(self.wire)
        return answer

    async def reads(self, room_id: str) -> list[str | None]:
        """Sync, and give the new messages' words; None for what could not be read."""
        room = (await self.syncs()).get("rooms", {}).get("join", {}).get(room_id, {})
        events = room.get("timeline", {}).get("events", [])
        secret = [it for it in events if it["type"] == "m.room.encrypted"]
        clear = [self.keyring.decrypt(room_id, it) for it in secret]
        return [None if it is None else it["content"]["body"] for it in clear]

    async def says(self, room_id: str, members: list[Person], words: str) -> str:
        content = await self.keyring.encrypt(
            self.wire,
            room_id,
            [it.user_id for it in members],
            "m.room.message",
            {"msgtype": "m.text", "body": words},
        )
        path = f"{CLIENT}/rooms/{quote(room_id)}/send/m.room.encrypted/{secrets.token_hex(8)}"
        return str((await self.wire.call("PUT", path, content))["event_id"])

    async def opens_room(self) -> str:
        state = [{"type": "m.room.encryption", "state_key": "", "content": MEGOLM}]
        wanted = {"preset": "private_chat", "initial_state": state}
        return str((await self.wire.call("POST", f"{CLIENT}/createRoom", wanted))["room_id"])

    async def invites(self, room_id: str, other: Person, via: str | None = None) -> None:
        path = f"{CLIENT}/rooms/{quote(room_id)}/invite"
        await self.wire.call("POST", path, {"user_id": other.user_id})
        query = {"via": via} if via else None
        await other.wire.call("POST", f"{CLIENT}/join/{quote(room_id)}", {}, query=query)


Arrives = Callable[..., Awaitable[Person]]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def homeserver(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Homeserver]:
    server = await Homeserver.start(tmp_path_factory.mktemp("homeserver"))
    yield server
    await server.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def arrives(homeserver: Homeserver) -> AsyncIterator[Arrives]:
    """Give a function that lets somebody new arrive; keys in memory unless given a folder."""
    people: list[Person] = []

    async def arrive(
        localpart: str, folder: Path | None = None, *, keys: int = 8, fallback: bool = True
    ) -> Person:
        account = await homeserver.register(f"{localpart}-{secrets.token_hex(4)}", "hemligt")
        wire = Wire(homeserver.url, account.access_token)
        args = (account.user_id, account.device_id, folder, "a long key")
        people.append(Person(account, wire, Keyring(*args, one_time_keys=keys)))
        if not fallback:
            people[-1].keyring._supply._fallback_key = dict  # type: ignore[method-assign]
        await people[-1].keyring.publish(wire)
        return people[-1]

    yield arrive
    for person in people:
        await person.wire.close()
        person.keyring.close()


@pytest_asyncio.fixture(loop_scope="session")
async def bot(homeserver: Homeserver, tmp_path: Path) -> Bot:
    """Give the bot an account, and a folder with settings as an operator writes them."""
    account = await homeserver.register(f"bot-{secrets.token_hex(4)}", PASSWORD)
    return Bot(account, tmp_path, settings_file(tmp_path, homeserver, account), homeserver)
