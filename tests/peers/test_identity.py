"""Who the bot is to another client, and to an operator who logs in to its account with one."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.matrix.wire import Wire
from bot.rehearsal.homeserver import Account
from tests.peers.people import PATIENCE_SECONDS, Person
from tests.peers.scene import Scene, types

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(240)]

CLIENT = "/_matrix/client/v3"


@asynccontextmanager
async def operators_client(scene: Scene, recovery_key: str) -> AsyncIterator[Person]:
    """Log in to the bot's account on another device, and log out again."""
    bot, wire = scene.bot, Wire(scene.homeserver.url)
    wanted = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": bot.user_id},
        "password": bot.password,
        "device_id": secrets.token_hex(12).upper(),
    }
    try:
        given = await wire.call("POST", f"{CLIENT}/login", wanted)
    finally:
        await wire.close()
    account = Account(bot.user_id, given["device_id"], given["access_token"], bot.password)
    facts = {"strict": True, "recovery_key": recovery_key}
    person = await scene.process.arrives("operator", scene.homeserver.url, account, **facts)
    yield person
    await person.does("leave")
    line = Wire(scene.homeserver.url, account.access_token)
    try:
        await line.call("POST", f"{CLIENT}/logout", {})
    finally:
        await line.close()


async def test_another_client_sees_the_bots_device_signed_by_the_bot(scene: Scene) -> None:
    seen = await scene.people["liv"].does("opinion", user_id=scene.bot.user_id)

    assert (seen["has_identity"], seen["changed"]) == (True, False)
    assert [device["signed_by_owner"] for device in seen["devices"].values()] == [True]


async def test_with_the_recovery_key_an_operators_client_is_as_verified_as_the_bot(
    scene: Scene,
) -> None:
    recovery_key = (await types(scene, "identity", "recovery-key")).strip()

    async with operators_client(scene, recovery_key) as operator:
        keys = await operator.does("own_keys")
        own = await _devices(operator, scene, "verified")
        seen = await _devices(scene.people["kim"], scene, "signed_by_owner")
        shown = await operator.does("fingerprint")
        await scene.says("kim", "WEEK", "!who aa.DUTY")
        answer = scene.heard("kim", "WEEK")[-1]
        await operator.sees(lambda it: answer.event_id in it.read)
    fingerprint = await types(scene, "identity")

    assert (keys["cross_signing"], keys["secret_storage"]) == (True, True)
    assert own == seen
    assert operator.account.device_id in own
    assert operator.read[answer.event_id].words == answer.words
    assert "".join(fingerprint.split()) == scene.bot.user_id + shown["master"]


async def _devices(person: Person, scene: Scene, mark: str) -> set[str]:
    """Give the bot's two devices, once this person's client sees that both bear the mark."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            devices = (await person.does("opinion", user_id=scene.bot.user_id))["devices"]
            marked = {name for name, device in devices.items() if device[mark]}
            if marked == set(devices) and len(marked) == 2:
                return marked
            await asyncio.sleep(0.1)


async def test_the_answers_of_a_new_identity_wait_until_the_chair_vouches(scene: Scene) -> None:
    noa = scene.people["noa"]
    await scene.says("kim", "WEEK", "!summon WEEK 11:30 The ferry is late")
    await noa.does("reset_identity")

    await scene.says("noa", "WEEK", "!attend")
    warned, told = scene.last("kim", "direct"), scene.last("noa", "WEEK")
    await scene.says("kim", "direct", f"vouch {noa.user_id}")

    assert warned.startswith(f"Noa ({noa.user_id}) has a new identity in Matrix, ")
    assert told.startswith("Your answer waits: your identity in Matrix has changed, ")
    assert scene.last("kim", "WEEK").endswith("attending.\n- Boss, The depot.")
