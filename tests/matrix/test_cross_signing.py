"""What a homeserver may answer about the bot's own account."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from bot.matrix.cross_signing import Seen, look, publish, sign_device
from bot.matrix.machine import Machine
from bot.matrix.own_identity import OwnIdentity
from bot.matrix.session import NoSession
from bot.matrix.signing import Identity
from bot.matrix.vault import Vault
from bot.matrix.watermark import Watermark
from bot.matrix.wire import MatrixRefusal
from tests.matrix.test_keyring import Scripted, keyring

BOT = "@samverkan:malarvik.example"
DENIED = MatrixRefusal(403, "M_FORBIDDEN", "Invalid password")
WANTED = MatrixRefusal(401, "M_UNKNOWN", "", session="s1")


class Still:
    """A mark that need not be moved."""

    async def move_after(self, _: float) -> None:
        """Let it lie."""


STILL = cast("Watermark", Still())


class Guarded(Scripted):
    """A line that wants a password before it takes an identity."""

    def __init__(self, password: str) -> None:
        super().__init__()
        self.password = password

    async def call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, **_: object
    ) -> dict[str, Any]:
        self.asked.append((f"{method} {path}", body))
        if not body or "auth" not in body:
            raise WANTED
        if body["auth"]["password"] != self.password or body["auth"]["session"] != "s1":
            raise DENIED
        return {}


async def test_a_signature_that_the_server_refuses_with_success_is_not_taken_for_done() -> None:
    device = Machine(BOT, "BOT", None, "").device_keys()
    failed = {"failures": {BOT: {"BOT": {"errcode": "M_INVALID_SIGNATURE"}}}}

    with capture_logs() as logs:
        done = await sign_device(Scripted(upload=failed), Identity.new(BOT), device)

    assert done is False
    assert [it["event"] for it in logs] == ["device.unsigned"]
    assert logs[0]["why"] == ["M_INVALID_SIGNATURE"]


async def test_a_device_of_other_keys_under_our_name_is_not_signed(tmp_path: Path) -> None:
    ring, vault = keyring(), Vault(BOT, tmp_path / "vault.json")
    other = Machine(BOT, "BOT", None, "").device_keys()
    wire = Scripted(query={"device_keys": {BOT: {"BOT": other}}})

    identity = OwnIdentity(wire, ring, vault, STILL, None)
    identity._identity = Identity.new(BOT)
    with capture_logs() as logs:
        await identity._sign(Seen(None, other))

    assert [it["event"] for it in logs] == ["device.not_ours"]
    assert wire.uploads() == []


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"device_keys": [], "master_keys": 1},
        {"device_keys": {BOT: None}, "master_keys": {BOT: []}},
        {"device_keys": {BOT: {"BOT": 3}}, "master_keys": {BOT: {"keys": {"ed25519:x": 3}}}},
    ],
)
async def test_an_answer_of_any_shape_is_an_account_without_identity(
    answer: dict[str, Any],
) -> None:
    assert await look(Scripted(query=answer), BOT, "BOT") == Seen(None, None)


async def test_a_server_that_wants_the_password_first_gets_it() -> None:
    wire, device = Guarded("ett hemligt ord"), Machine(BOT, "BOT", None, "")

    await publish(wire, Identity.new(BOT), "BOT", device.sign_json, "ett hemligt ord")

    assert [("auth" in body) for _, body in wire.asked] == [False, True]


@pytest.mark.parametrize(
    ("password", "reason"), [(None, "password-needed"), ("fyra", "wrong-password")]
)
async def test_without_the_right_password_it_says_so_and_not_what_it_was(
    password: str | None, reason: str
) -> None:
    wire, device = Guarded("ett hemligt ord"), Machine(BOT, "BOT", None, "")

    with pytest.raises(NoSession) as refused:
        await publish(wire, Identity.new(BOT), "BOT", device.sign_json, password)

    assert refused.value.reason == reason
    assert "fyra" not in str(refused.value)


async def test_an_identity_that_somebody_else_put_there_is_told_and_not_answered(
    tmp_path: Path,
) -> None:
    ring = keyring()
    there = {"master_keys": {BOT: {"keys": {"ed25519:other": "other"}}}}
    wire = Scripted(query=there)
    vault = Vault(BOT, tmp_path / "vault.json")
    identity = OwnIdentity(wire, ring, vault, STILL, "ett hemligt ord")
    identity._identity = Identity.new(BOT)

    identity.hear({"device_lists": {"changed": [BOT]}})
    with capture_logs() as logs:
        await identity.keep()

    assert [it["event"] for it in logs] == ["identity.replaced"]
    assert wire.uploads() == []
