"""Whose device wrote it: real keys, and servers that put them together wrongly."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from nacl.signing import SigningKey
from nio.api import Api

from bot.clock.wall import WallClock
from bot.domain.incoming import Forged, Proof, Said, Unreadable
from bot.matrix.ears import Ears
from bot.matrix.keyring import Keyring
from bot.matrix.reader import NotTheirs
from bot.matrix.wire import Wire

BOT, BO, MALLORY = "@samverkan:malarvik.example", "@bo:ekviken.example", "@mallory:evil.example"
ROOM = "!room"


class Server(Wire):
    """A homeserver that says of everybody's keys what the test lets it, and hands letters over."""

    def __init__(self) -> None:
        super().__init__("http://homeserver.example")
        self.keys: dict[str, dict[str, Any]] = {}
        self.one_time: dict[str, dict[str, Any]] = {}
        self.letters: dict[str, dict[str, dict[str, Any]]] = {}

    async def call(  # type: ignore[override]  # a homeserver needs no more to answer
        self, _method: str, path: str, body: Mapping[str, Any] | None = None, **_: object
    ) -> dict[str, Any]:
        asked = body or {}
        if path.endswith("/keys/query"):
            return self._answer(asked["device_keys"])
        if path.endswith("/keys/claim"):
            return {"one_time_keys": {
                who: {device: self.one_time[device] for device in devices}
                for who, devices in asked["one_time_keys"].items()
            }}  # fmt: skip
        if "/sendToDevice/" in path:
            self.letters = asked["messages"]
        return {}

    def _answer(self, users: Mapping[str, Any]) -> dict[str, Any]:
        parts = ("device_keys", "master_keys", "self_signing_keys")
        return {
            part: {who: self.keys[who][part] for who in users if part in self.keys.get(who, {})}
            for part in parts
        }


class Line(Wire):
    """One device's own way to the server: what it publishes is kept under its name."""

    def __init__(self, server: Server, user_id: str) -> None:
        super().__init__("http://homeserver.example")
        self.server, self.user_id = server, user_id

    async def call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, **more: object
    ) -> dict[str, Any]:
        if not path.endswith("/keys/upload"):
            return await self.server.call(method, path, body, **more)
        device = (body or {})["device_keys"]
        mine = self.server.keys.setdefault(self.user_id, {"device_keys": {}})
        mine["device_keys"][device["device_id"]] = device
        ((key_id, key), *_) = (body or {})["one_time_keys"].items()
        self.server.one_time[device["device_id"]] = {key_id: key}
        return {}


@dataclass
class Device:
    """Somebody's device, that writes in the room for the bot."""

    server: Server
    user_id: str
    device_id: str
    keyring: Keyring = field(init=False)

    def __post_init__(self) -> None:
        self.keyring = Keyring(self.user_id, self.device_id, None, "", one_time_keys=2)

    async def arrives(self) -> Device:
        await self.keyring.publish(Line(self.server, self.user_id))
        return self

    async def writes(
        self, body: str, *, to: Keyring, kind: str = "m.room.message"
    ) -> dict[str, Any]:
        """Write something, hand the bot the key, and give the event."""
        content = {"msgtype": "m.text", "body": body}
        secret = await self.keyring.encrypt(self.server, ROOM, [BOT], kind, content)
        letter = self.server.letters[BOT]["BOT"]
        to.hear({"to_device": {"events": [
            {"type": "m.room.encrypted", "sender": self.user_id, "content": letter}
        ]}})  # fmt: skip
        return {
            "event_id": f"${body}", "sender": self.user_id, "type": "m.room.encrypted",
            "origin_server_ts": 1, "content": secret,
        }  # fmt: skip


def unpadded(raw: bytes) -> str:
    return base64.b64encode(raw).decode().rstrip("=")


class Key:
    """A cross-signing key."""

    def __init__(self) -> None:
        self.secret = SigningKey.generate()
        self.public = unpadded(bytes(self.secret.verify_key))

    def told(self, user_id: str, usage: str) -> dict[str, Any]:
        return {
            "user_id": user_id,
            "usage": [usage],
            "keys": {f"ed25519:{self.public}": self.public},
        }

    def signs(self, user_id: str, thing: dict[str, Any]) -> dict[str, Any]:
        bare = {key: value for key, value in thing.items() if key not in {"signatures", "unsigned"}}
        signature = unpadded(self.secret.sign(Api.to_canonical_json(bare).encode()).signature)
        before = thing.get("signatures", {}).get(user_id, {})
        return thing | {"signatures": {user_id: before | {f"ed25519:{self.public}": signature}}}


def cross_sign(server: Server, user_id: str) -> tuple[Key, Key]:
    """Let somebody have an identity that signs all devices they have now."""
    master, signer = Key(), Key()
    mine = server.keys[user_id]
    mine["master_keys"] = master.told(user_id, "master")
    mine["self_signing_keys"] = master.signs(user_id, signer.told(user_id, "self_signing"))
    mine["device_keys"] = {
        device_id: signer.signs(user_id, device)
        for device_id, device in mine["device_keys"].items()
    }
    return master, signer


@pytest.fixture
async def server() -> Server:
    return Server()


@pytest.fixture
async def bot(server: Server) -> Keyring:
    ring = Keyring(BOT, "BOT", None, "", one_time_keys=2)
    await ring.publish(Line(server, BOT))
    return ring


async def proof_of(server: Server, bot: Keyring, event: dict[str, Any]) -> Proof | None:
    bot.meet({"rooms": {"join": {ROOM: {"timeline": {"events": [event]}}}}})
    await bot._directory.refresh(server)
    opened = bot.opened(ROOM, event)
    return opened.proof if opened else None


async def test_a_device_its_owner_has_signed_proves_the_owners_identity(
    server: Server, bot: Keyring
) -> None:
    bo = await Device(server, BO, "PHONE").arrives()
    master, _ = cross_sign(server, BO)

    proof = await proof_of(server, bot, await bo.writes("Ja", to=bot))

    assert proof == Proof("PHONE", bo.keyring._machine.ed25519, master.public)


async def test_a_device_of_somebody_without_an_identity_proves_itself(
    server: Server, bot: Keyring
) -> None:
    bo = await Device(server, BO, "PHONE").arrives()

    proof = await proof_of(server, bot, await bo.writes("Ja", to=bot))

    assert proof == Proof("PHONE", bo.keyring._machine.ed25519, None)


def _unsigned_device(mine: dict[str, Any], master: Key, signer: Key) -> None:
    mine["device_keys"]["PHONE"]["signatures"][BO].pop(f"ed25519:{signer.public}")


def _another_signed(mine: dict[str, Any], master: Key, signer: Key) -> None:
    _unsigned_device(mine, master, signer)
    mine["device_keys"]["PHONE"] = Key().signs(BO, mine["device_keys"]["PHONE"])


def _signer_unsigned(mine: dict[str, Any], master: Key, signer: Key) -> None:
    mine["self_signing_keys"].pop("signatures")


def _signer_of_another_master(mine: dict[str, Any], master: Key, signer: Key) -> None:
    mine["master_keys"] = Key().told(BO, "master")


def _signer_for_other_use(mine: dict[str, Any], master: Key, signer: Key) -> None:
    mine["self_signing_keys"] = master.signs(BO, signer.told(BO, "user_signing"))


def _master_of_another_user(mine: dict[str, Any], master: Key, signer: Key) -> None:
    mine["master_keys"] = master.told(MALLORY, "master")


def _signer_of_another_user(mine: dict[str, Any], master: Key, signer: Key) -> None:
    mine["self_signing_keys"] = master.signs(BO, signer.told(MALLORY, "self_signing"))


def _two_masters(mine: dict[str, Any], master: Key, signer: Key) -> None:
    other = Key().public
    mine["master_keys"]["keys"][f"ed25519:{other}"] = other


def _padded(mine: dict[str, Any], master: Key, signer: Key) -> None:
    mine["master_keys"]["keys"] = {f"ed25519:{master.public}=": f"{master.public}="}


def _rubbish(mine: dict[str, Any], master: Key, signer: Key) -> None:
    mine["master_keys"], mine["self_signing_keys"] = {"keys": [1], "usage": 3}, "signed"


@pytest.mark.parametrize(
    "wrongly",
    [
        _unsigned_device, _another_signed, _signer_unsigned, _signer_of_another_master,
        _signer_for_other_use, _master_of_another_user, _signer_of_another_user, _two_masters,
        _padded, _rubbish,
    ],
)  # fmt: skip
async def test_keys_put_together_wrongly_prove_no_identity(
    server: Server, bot: Keyring, wrongly: Callable[..., None]
) -> None:
    bo = await Device(server, BO, "PHONE").arrives()
    wrongly(server.keys[BO], *cross_sign(server, BO))

    proof = await proof_of(server, bot, await bo.writes("Ja", to=bot))

    assert proof is not None
    assert replace(proof, shown=None) == Proof("PHONE", bo.keyring._machine.ed25519, None)


async def test_a_device_its_owner_has_not_signed_shows_the_identity_that_lacks(
    server: Server, bot: Keyring
) -> None:
    bo = await Device(server, BO, "PHONE").arrives()
    master, signer = cross_sign(server, BO)
    _unsigned_device(server.keys[BO], master, signer)

    proof = await proof_of(server, bot, await bo.writes("Ja", to=bot))

    assert proof == Proof("PHONE", bo.keyring._machine.ed25519, None, shown=master.public)


async def test_a_key_that_came_by_way_of_another_device_proves_nothing(
    server: Server, bot: Keyring
) -> None:
    bo = await Device(server, BO, "PHONE").arrives()
    event = await bo.writes("Ja", to=bot)
    for sessions in bot._machine.inbound_group_store[ROOM].values():
        for session in sessions.values():
            session.forwarding_chain = ["somebody"]

    assert await proof_of(server, bot, event) is None
    opened = bot.opened(ROOM, event)
    assert opened is not None
    assert opened.event["content"]["body"] == "Ja"


async def test_words_on_anothers_key_are_told_apart_from_what_cannot_be_read(
    server: Server, bot: Keyring
) -> None:
    await Device(server, BO, "PHONE").arrives()
    mallory = await Device(server, MALLORY, "EVIL").arrives()
    event = await mallory.writes("Ja", to=bot) | {"sender": BO}
    event["content"]["m.relates_to"] = {"rel_type": "m.reference", "event_id": "$poll"}
    sync = {"next_batch": "2", "rooms": {"join": {ROOM: {"timeline": {"events": [event]}}}}}
    ears = Ears(BOT, (), bot, WallClock().now)

    before = ears.read(sync, first=False).events
    bot.meet(sync)
    await bot._directory.refresh(server)
    after = ears.read(sync, first=False).events

    assert isinstance(before[0], Unreadable), "Bo may have a device we do not know yet"
    assert [(type(it), it.sender, it.target) for it in after if isinstance(it, Forged)] == [
        (Forged, BO, "$poll")
    ]
    with pytest.raises(NotTheirs):
        bot.opened(ROOM, event)
    assert bot.decrypt(ROOM, event) is None


async def test_a_new_device_that_our_server_does_not_list_yet_is_no_forgery(
    server: Server, bot: Keyring
) -> None:
    await Device(server, BO, "PHONE").arrives()
    laptop = await Device(server, BO, "LAPTOP").arrives()
    event = await laptop.writes("Ja", to=bot)
    listed = server.keys[BO]["device_keys"].pop("LAPTOP")
    sync = {"next_batch": "2", "rooms": {"join": {ROOM: {"timeline": {"events": [event]}}}}}
    session_id, ears = _session(event), Ears(BOT, (), bot, WallClock().now)
    bot.meet(sync)
    await bot._directory.refresh(server)

    (first,) = ears.read(sync, first=False).events
    await bot._directory.refresh(server)
    before = bot.known(ROOM, BO, session_id)
    server.keys[BO]["device_keys"]["LAPTOP"] = listed
    bot.hear({"device_lists": {"changed": [BO]}})
    await bot._directory.refresh(server)
    after = bot.known(ROOM, BO, session_id)
    then = ears.reread(ROOM, event)

    assert isinstance(first, Unreadable)
    assert before != after, "nothing says that it is worth reading again"
    assert isinstance(then, Said)
    assert then.proof == Proof("LAPTOP", laptop.keyring._machine.ed25519, None)


async def test_the_same_words_in_another_event_are_nothing_and_after_a_restart_known_again(
    server: Server, bot: Keyring
) -> None:
    bo = await Device(server, BO, "PHONE").arrives()
    event = await bo.writes("1", to=bot)
    again = event | {"event_id": "$again"}
    sync = {"next_batch": "2", "rooms": {"join": {ROOM: {"timeline": {"events": [event, again]}}}}}
    bot.meet(sync)
    await bot._directory.refresh(server)
    ears = Ears(BOT, (), bot, WallClock().now)

    (said,) = ears.read(sync, first=False).events
    bot._machine.message_index_store.clear()  # as a restart does
    after = ears.reread(ROOM, again)

    assert isinstance(after, Said)
    assert (
        said.message == after.message == (f"{bo.keyring._machine.curve25519}/{_session(event)}", 0)
    )


def _session(event: dict[str, Any]) -> str:
    return str(event["content"]["session_id"])


async def test_what_is_heard_carries_its_proof(server: Server, bot: Keyring) -> None:
    bo = await Device(server, BO, "PHONE").arrives()
    event = await bo.writes("!vem", to=bot)
    sync = {"next_batch": "2", "rooms": {"join": {ROOM: {"timeline": {"events": [event]}}}}}
    bot.meet(sync)
    await bot._directory.refresh(server)

    (said,) = Ears(BOT, (), bot, WallClock().now).read(sync, first=False).events

    assert isinstance(said, Said)
    assert said.proof == Proof("PHONE", bo.keyring._machine.ed25519, None)
