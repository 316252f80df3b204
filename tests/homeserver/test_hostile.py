"""A stranger on another server sends all it can think of; the bot goes on reading and answering.

The numbers are those of docs/NIO.md. After each attempt a good neighbour's question is answered,
what was refused is counted where Prometheus reads it, and a log line names the stranger.
"""

from __future__ import annotations

import asyncio
import base64
import os
import re
import secrets
import socket
import sys
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import vodozemac

from bot.matrix.keyring import Keyring
from bot.matrix.letters import NEVER_IN_CLEAR
from bot.matrix.machine import MEGOLM as ROOM_CIPHER
from bot.matrix.machine import OLM
from bot.matrix.supply import KIND
from bot.matrix.wire import MatrixRefusal, Unreachable, Wire, quote
from bot.rehearsal.homeserver import Account, Homeserver
from tests.homeserver.conftest import CLIENT, Person
from tests.homeserver.folder import settings_file
from tests.homeserver.test_run import HOUSE, PATIENCE, heard
from tests.homeserver.test_run import answered as asks_first
from tests.matrix.anything import HUGE

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(240)]

SECRET = "no log shows this"


@dataclass
class Scene:
    """The bot on one server with a good neighbour; a stranger on another."""

    bot: Account
    good: Person
    room: str
    stranger: Person
    log: Path
    metrics: str
    read: int = 0
    """Characters of the log that belong to earlier attempts."""

    async def still_answers(self) -> str:
        """Let the neighbour ask something; give the bot's answer."""
        them = Person(self.bot, self.good.wire, self.good.keyring)
        await self.good.says(self.room, [self.good, them], "!hjälp")
        return await heard(self.good, self.room, "!hjälp")

    def counted(self, name: str) -> float:
        """Ask as Prometheus does."""
        with urllib.request.urlopen(self.metrics) as page:  # noqa: S310 - our own loopback
            text = page.read().decode()
        found = re.search(rf"^samverkan_{name}_total (\S+)$", text, re.MULTILINE)
        return float(found[1]) if found else 0.0

    async def told(self, what: str) -> str:
        """Wait for the log's line of that kind about the stranger."""
        for _ in range(PATIENCE):
            lines = self.log.read_text()[self.read :].splitlines()
            found = [it for it in lines if what in it and self.stranger.user_id in it]
            if found:
                return found[-1]
            await asyncio.sleep(0.1)
        raise AssertionError(f"the log has no {what} of {self.stranger.user_id}")

    async def sends(self, kind: str, content: Any) -> None:  # noqa: ANN401
        """Let the stranger write to the bot's device."""
        path = f"{CLIENT}/sendToDevice/{kind}/{secrets.token_hex(8)}"
        body = {"messages": {self.bot.user_id: {self.bot.device_id: content}}}
        await self.stranger.wire.call("PUT", path, body)

    async def device(self) -> Any:  # noqa: ANN401
        """Give the bot's device, as the stranger's server tells it."""
        ring = self.stranger.keyring
        await ring._directory.learn(self.stranger.wire, [self.bot.user_id])
        return ring._directory.devices([self.bot.user_id])[self.bot.user_id, self.bot.device_id]

    async def sealed(self, kind: str, content: dict[str, Any]) -> dict[str, Any]:
        """Seal a letter to the bot's device as an honest client does."""
        device = await self.device()
        them = {(self.bot.user_id, self.bot.device_id): device}
        await self.stranger.keyring._handover._meet(self.stranger.wire, them)
        return self.stranger.keyring._machine.letter(device, kind, content)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _arrives(server: Homeserver, name: str) -> Person:
    account = await server.register(f"{name}-{secrets.token_hex(3)}", "hemligt")
    ring = Keyring(account.user_id, account.device_id, None, "", one_time_keys=8)
    person = Person(account, Wire(server.url, account.access_token), ring)
    await ring.publish(person.wire)
    return person


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    folder = tmp_path_factory.mktemp("hostile")
    here, there = await asyncio.gather(
        *(Homeserver.start(folder / name, federation=True) for name in ("here", "there"))
    )
    bot = await here.register("samverkan", "ett hemligt ord")
    good, stranger = await _arrives(here, "god"), await _arrives(there, "framling")
    port, log = _free_port(), folder / "log"
    file = settings_file(folder, here, bot)
    file.write_text(file.read_text() + f"metrics_port: {port}\nlog_level: info\n")
    with log.open("wb") as lines:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", "from bot.cli import main; main()"),
            *("run", "--settings", str(file)),
            cwd=HOUSE,
            env={key: value for key, value in os.environ.items() if "SAMVERKAN" not in key},
            stderr=lines,
        )
    try:
        await asks_first(good, bot.user_id, "!hjälp")
        (room,) = (await good.wire.call("GET", f"{CLIENT}/joined_rooms"))["joined_rooms"]
        found = await good.wire.call(
            "POST", f"{CLIENT}/keys/query", {"device_keys": {bot.user_id: []}}
        )
        (device_id,) = set(found["device_keys"][bot.user_id]) - {bot.device_id}
        acting = Account(bot.user_id, device_id, "", "")
        yield Scene(acting, good, room, stranger, log, f"http://127.0.0.1:{port}/metrics")
    finally:
        process.terminate()
        await process.wait()
        for person in (good, stranger):
            await person.wire.close()
        await asyncio.gather(here.stop(), there.stop())


@pytest.fixture(autouse=True)
def quotes_nothing(scene: Scene) -> Iterator[None]:
    """Read the log of each attempt for itself, and see that it never quotes."""
    scene.read = len(scene.log.read_text())
    yield
    assert SECRET not in scene.log.read_text()


def _olm(scene: Scene, curve: str, **own: Any) -> dict[str, Any]:  # noqa: ANN401
    """Make an Olm letter with anything inside."""
    mine = scene.stranger.keyring._machine.curve25519
    return {"algorithm": OLM, "sender_key": mine, "ciphertext": {curve: own}}


async def _unknown_key(scene: Scene, curve: str) -> dict[str, Any]:
    """Open a session on a one-time key that the bot never had (D1)."""
    theirs = vodozemac.Curve25519PublicKey.from_base64(curve)
    nobodys = vodozemac.Account().curve25519_key
    session = scene.stranger.keyring._machine.account._account.create_outbound_session(
        theirs, nobodys
    )
    _, body = session.encrypt(b'{"type":"m.dummy","content":{}}').to_parts()
    return _olm(scene, curve, type=0, body=base64.b64encode(body).decode())


RUBBISH: dict[str, Callable[[Scene, str], dict[str, Any]]] = {
    "a first letter of rubbish": lambda s, k: _olm(s, k, type=0, body=SECRET),
    "a later letter of rubbish": lambda s, k: _olm(s, k, type=1, body="AwogAAAA"),
    "a type that is no number": lambda s, k: _olm(s, k, type=[], body="AwogAAAA"),
    "a body that is no text": lambda s, k: _olm(s, k, type=0, body={"a": SECRET}),
    "a sender key of rubbish": lambda s, k: _olm(s, k, type=1, body="Awog") | {"sender_key": {}},
    "no ciphertext": lambda _s, _k: {"algorithm": OLM},
    "a ciphertext that is no object": lambda _s, _k: {"algorithm": OLM, "ciphertext": SECRET},
    "another algorithm": lambda _s, k: {"algorithm": SECRET, "ciphertext": {k: {}}},
    "sixty-four thousand bytes": lambda s, k: _olm(s, k, type=0, body="A" * (HUGE // 2)),
}


@pytest.mark.parametrize("name", RUBBISH)
async def test_letters_of_rubbish_are_counted_and_named_and_stop_nothing(
    scene: Scene, name: str
) -> None:
    before = scene.counted("letters_rejected")

    curve = (await scene.device()).curve25519
    await scene.sends("m.room.encrypted", RUBBISH[name](scene, curve))

    assert await scene.told("letter.rejected")
    assert scene.counted("letters_rejected") == before + 1
    assert await scene.still_answers()


async def test_a_session_on_a_key_nobody_has_stops_nothing(scene: Scene) -> None:
    before = scene.counted("letters_rejected")

    curve = (await scene.device()).curve25519
    await scene.sends("m.room.encrypted", await _unknown_key(scene, curve))

    assert await scene.told("letter.rejected")
    assert await scene.still_answers()
    assert scene.counted("letters_rejected") == before + 1


@pytest.mark.parametrize(
    "key",
    [
        {"algorithm": ROOM_CIPHER, "room_id": "!r", "session_id": "x", "session_key": SECRET},
        {"algorithm": ROOM_CIPHER, "room_id": {"a": []}, "session_id": 1, "session_key": None},
        {"algorithm": "none"},
    ],
)
async def test_a_room_key_of_rubbish_in_a_sound_letter_stops_nothing(
    scene: Scene, key: dict[str, Any]
) -> None:
    before = scene.counted("letters_rejected")

    await scene.sends("m.room.encrypted", await scene.sealed("m.room_key", key))

    assert await scene.told("letter.rejected")
    assert scene.counted("letters_rejected") == before + 1
    assert await scene.still_answers()


CLEAR = ("m.room_key", "m.room_key_request", "m.room_key.withheld", "m.forwarded_room_key",
         "m.key.verification.request", "m.secret.send", "m.dummy", "x" * 200)  # fmt: skip


async def test_what_is_said_in_clear_to_the_device_opens_nothing(scene: Scene) -> None:
    odd = {"room_id": scene.room, "session_id": [], "code": SECRET, "action": {}, "body": SECRET}

    before = {it: scene.counted(it) for it in ("letters_rejected", "keys_withheld")}

    for kind in CLEAR:
        await scene.sends(kind, odd)

    assert await scene.told("key.withheld")
    assert await scene.told("letter.rejected")
    assert await scene.still_answers()
    assert scene.counted("keys_withheld") == before["keys_withheld"] + 1
    assert scene.counted("letters_rejected") == before["letters_rejected"] + len(NEVER_IN_CLEAR)


async def test_when_every_one_time_key_is_taken_it_can_be_reached_and_makes_more(
    scene: Scene,
) -> None:
    """D3: the stranger's server claims them all, in the name of nobody."""
    claim = {"one_time_keys": {scene.bot.user_id: {scene.bot.device_id: KIND}}}
    path = f"{CLIENT}/keys/claim"
    taken: list[dict[str, Any]] = []
    while not any(it.get("fallback") for it in taken):
        answer = await scene.stranger.wire.call("POST", path, claim)
        taken += answer["one_time_keys"][scene.bot.user_id][scene.bot.device_id].values()
        assert len(taken) < 200

    await scene.still_answers()
    for _ in range(PATIENCE):
        answer = await scene.stranger.wire.call("POST", path, claim)
        (key,) = answer["one_time_keys"][scene.bot.user_id][scene.bot.device_id].values()
        if not key.get("fallback"):
            break
        await asyncio.sleep(0.1)

    assert not key.get("fallback")


async def test_a_malformed_device_hides_nobody_and_its_owner_is_named(scene: Scene) -> None:
    """D2: the bot asks for the stranger's devices as soon as they write to it."""
    account = scene.stranger.account
    crooked = scene.stranger.keyring._machine.device_keys()
    crooked["keys"] = dict.fromkeys(crooked["keys"], SECRET)
    crooked["signatures"] = {account.user_id: {f"ed25519:{account.device_id}": SECRET}}
    before = scene.counted("devices_rejected")

    await scene.stranger.wire.call("POST", f"{CLIENT}/keys/upload", {"device_keys": crooked})
    await scene.sends("m.room.encrypted", await scene.sealed("m.room_key", {}))
    await _opens_direct(scene)

    assert await scene.told("device.rejected")
    assert scene.counted("devices_rejected") > before
    assert await scene.still_answers()


async def _opens_direct(scene: Scene) -> str:
    """Let the stranger open an encrypted room with the bot and say something unreadable."""
    wanted = {"preset": "trusted_private_chat", "is_direct": True, "invite": [scene.bot.user_id],
              "initial_state": [{"type": "m.room.encryption", "state_key": "",
                                 "content": {"algorithm": ROOM_CIPHER}}]}  # fmt: skip
    made = await scene.stranger.wire.call("POST", f"{CLIENT}/createRoom", wanted)
    room = str(made["room_id"])
    for _ in range(PATIENCE):
        path = f"{CLIENT}/rooms/{quote(room)}/joined_members"
        if scene.bot.user_id in (await scene.stranger.wire.call("GET", path))["joined"]:
            break
        await asyncio.sleep(0.1)
    return room


ODD_EVENTS: dict[str, tuple[str, Any]] = {
    "no body": ("m.room.message", {"msgtype": "m.text"}),
    "a body that is no text": ("m.room.message", {"msgtype": "m.text", "body": {"a": [SECRET]}}),
    "a relation that is none": ("m.room.message", {"msgtype": "m.text", "body": "!hjälp \u202e",
                                                   "m.relates_to": [SECRET]}),
    "sealed rubbish": ("m.room.encrypted", {"algorithm": ROOM_CIPHER, "ciphertext": SECRET,
                                            "session_id": {}, "sender_key": []}),
    "sealed without its old fields": ("m.room.encrypted", {
        "algorithm": ROOM_CIPHER, "ciphertext": "AwgA", "session_id": "x"}),
    "a reaction to nothing": ("m.reaction", {"m.relates_to": {"key": 1, "event_id": {}}}),
    "a poll's answer to nothing": ("org.matrix.msc3381.poll.response", {"m.relates_to": "x"}),
    "a command of rubbish": ("m.room.message", {
        "msgtype": "m.text", "body": "/x", "m.mentions": {"user_ids": [1, {}]},
        "org.matrix.msc4391.command": {"command": [], "arguments": SECRET}}),
    "sixty thousand bytes": ("m.room.message", {"msgtype": "m.text", "body": "!" + "å" * 30_000}),
}  # fmt: skip


async def test_events_of_no_known_shape_in_a_room_stop_nothing(scene: Scene) -> None:
    room = await _opens_direct(scene)
    before = scene.counted("events_unreadable")

    for kind, content in ODD_EVENTS.values():
        path = f"{CLIENT}/rooms/{quote(room)}/send/{kind}/{secrets.token_hex(8)}"
        with suppress(MatrixRefusal, Unreachable):  # at some of them its own server stumbles
            await scene.stranger.wire.call("PUT", path, content, patience=0)

    assert await scene.told("event.unreadable")
    assert await scene.still_answers()
    assert scene.counted("events_unreadable") >= before + 1
