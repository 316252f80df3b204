from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.matrix.keyring import Keyring
from bot.matrix.wire import MatrixRefusal, Wire
from bot.rehearsal.homeserver import Account, DidNotStart, Homeserver
from tests.homeserver.conftest import CLIENT, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_many_can_be_registered_at_once(homeserver: Homeserver) -> None:
    names = [f"deltagare-{number}" for number in range(20)]

    accounts = await asyncio.gather(*(homeserver.register(name, "hemligt") for name in names))

    assert [it.user_id for it in accounts] == [f"@{name}:malarvik.example" for name in names]
    assert len({it.access_token for it in accounts}) == 20


async def test_somebody_has_the_name_they_were_registered_with(homeserver: Homeserver) -> None:
    account = await homeserver.register("visning", "hemligt", display_name="Vera Visning")
    wire = Wire(homeserver.url, account.access_token)

    profile = await wire.call("GET", f"{CLIENT}/profile/{account.user_id}")
    await wire.close()

    assert profile["displayname"] == "Vera Visning"


async def test_a_homeserver_started_again_remembers_its_people(tmp_path: Path) -> None:
    server = await Homeserver.start(tmp_path, name="ekviken.example")
    try:
        account = await server.register("anna", "hemligt")
        await server.restart()
        wire = Wire(server.url, account.access_token)
        me = await wire.call("GET", f"{CLIENT}/account/whoami")
        await wire.close()
    finally:
        await server.stop()

    assert me["user_id"] == "@anna:ekviken.example"


async def test_limits_bind_all_but_those_who_are_exempt(tmp_path: Path) -> None:
    server = await Homeserver.start(tmp_path, default_limits=True)
    try:
        account = await server.register("anna", "hemligt")
        bound, freed = (Wire(server.url, account.access_token) for _ in range(2))
        refused = await _rooms_refused(bound)
        await server.lift_limits(account.user_id)
        exempt = await _rooms_refused(freed)  # the first one keeps to what it was told
        await asyncio.gather(bound.close(), freed.close())
    finally:
        await server.stop()

    assert refused
    assert not exempt


async def test_a_homeserver_that_cannot_start_says_why(tmp_path: Path) -> None:
    server = await Homeserver.start(tmp_path)
    await server.stop()
    (tmp_path / "homeserver.yaml").write_text("server_name: [")

    with pytest.raises(DidNotStart, match="ended with status 1\n") as caught:
        await server.restart()

    assert "homeserver.yaml" in str(caught.value)


async def test_people_of_two_homeservers_read_each_other(tmp_path: Path) -> None:
    one, other = await asyncio.gather(
        *(Homeserver.start(tmp_path / name, federation=True) for name in ("one", "other"))
    )
    people: list[Person] = []
    try:
        people += [await _arrive(it, await it.register("anna", "hemligt")) for it in (one, other)]
        here, there = people
        room = await here.opens_room()
        await here.invites(room, there, via=one.name)
        await here.says(room, people, "Över gränsen")
        heard = await _reads_soon(there, room)
    finally:
        await asyncio.gather(*(it.wire.close() for it in people), one.stop(), other.stop())

    assert heard == ["Över gränsen"]


async def _rooms_refused(wire: Wire) -> bool:
    """Create more rooms than a newcomer may, and tell whether one was refused."""
    try:
        for _ in range(15):
            await wire.call("POST", f"{CLIENT}/createRoom", {}, patience=0)
    except MatrixRefusal as refusal:
        return refusal.errcode == "M_LIMIT_EXCEEDED"
    return False


async def _arrive(server: Homeserver, account: Account) -> Person:
    wire = Wire(server.url, account.access_token)
    keyring = Keyring(account.user_id, account.device_id, None, "", one_time_keys=4)
    await keyring.publish(wire)
    return Person(account, wire, keyring)


async def _reads_soon(person: Person, room_id: str) -> list[str | None]:
    """Sync until a message has come over."""
    for _ in range(50):
        heard = await person.reads(room_id)
        if heard:
            return heard
        await asyncio.sleep(0.1)
    return []
