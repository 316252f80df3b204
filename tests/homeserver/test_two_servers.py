"""Two homeservers, as two organisations: few invitations, and an outage that loses nothing."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.clock.wall import WallClock
from bot.domain.incoming import Incoming, Said
from bot.domain.membership import functions_of
from bot.domain.model import Holding
from bot.domain.region import Region
from bot.domain.rooms import RoomSettings, wanted_rooms
from bot.matrix.ears import Ears
from bot.matrix.events import KEPT_PARTS
from bot.matrix.keyring import Keyring
from bot.matrix.reconciler import Reconciler
from bot.matrix.rooms import Builder
from bot.matrix.wire import Wire, quote
from bot.rehearsal.homeserver import Homeserver
from bot.store import rooms
from bot.store.engine import Store
from bot.store.migrations import migrate
from config.region import load_region
from tests.homeserver.conftest import CLIENT, Person

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]

Arrives = Callable[[Homeserver, str], Awaitable[Person]]
TRIES = 100
HOUSE = Path(__file__).parents[2]
FORUMS = 8


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def servers(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[tuple[Homeserver, Homeserver]]:
    """Start ours, and theirs with the limits that Synapse has by itself."""
    folder = tmp_path_factory.mktemp("two")
    here, there = await asyncio.gather(
        Homeserver.start(folder / "here", federation=True),
        Homeserver.start(folder / "there", federation=True, default_limits=True),
    )
    yield here, there
    await asyncio.gather(here.stop(), there.stop())


@pytest_asyncio.fixture(loop_scope="module")
async def arrives() -> AsyncIterator[Arrives]:
    people: list[Person] = []

    async def arrive(server: Homeserver, name: str) -> Person:
        account = await server.register(f"{name}-{secrets.token_hex(3)}", "hemligt")
        ring = Keyring(account.user_id, account.device_id, None, "", one_time_keys=8)
        people.append(Person(account, Wire(server.url, account.access_token), ring))
        await ring.publish(people[-1].wire)
        return people[-1]

    yield arrive
    for person in people:
        await person.wire.close()
        person.keyring.close()


async def reads(person: Person, room_id: str, count: int) -> list[str | None]:
    """Give that many messages of a room, once all of them are there and the keys had their time."""
    sealed = []
    for _ in range(TRIES):
        sync = await person.syncs()
        room = sync.get("rooms", {}).get("join", {}).get(room_id, {})
        events = room.get("timeline", {}).get("events", [])
        sealed += [it for it in events if it["type"] == "m.room.encrypted"]
        clear = [person.keyring.decrypt(room_id, it) for it in sealed]
        if len(clear) >= count and all(clear):
            break
        await asyncio.sleep(0.1)
    return [it["content"]["body"] if it else None for it in clear]


async def test_what_was_said_while_their_server_was_away_is_read_when_it_is_back(
    servers: tuple[Homeserver, Homeserver], arrives: Arrives
) -> None:
    here, there = servers
    bot, ada = await arrives(here, "bot"), await arrives(there, "ada")
    room = await bot.opens_room()
    await bot.invites(room, ada, via=here.name)
    await there.stop()

    await bot.says(room, [bot, ada], "the bridge is closed")
    await bot.says(room, [bot, ada], "take the other road")
    owed = await bot.keyring.make_good(bot.wire)
    await there.restart()
    await bot.wire.call("GET", f"/_matrix/client/v3/profile/{ada.user_id}")
    bot.keyring.returned(there.name)
    left = await bot.keyring.make_good(bot.wire)

    assert (owed, left) == (True, False)
    assert await reads(ada, room, 2) == ["the bridge is closed", "take the other road"]


async def test_what_was_asked_on_their_server_is_as_old_as_it_says_and_not_new(
    servers: tuple[Homeserver, Homeserver], arrives: Arrives
) -> None:
    here, there = servers
    bot, ada = await arrives(here, "bot"), await arrives(there, "ada")
    room = await bot.opens_room()
    await bot.invites(room, ada, via=here.name)
    await bot.syncs()
    asked = await ada.says(room, [bot, ada], "!convene VSK now")
    await asyncio.sleep(1.5)

    ears = Ears(bot.user_id, (), bot.keyring, WallClock().now)
    raw: list[dict[str, Any]] = []
    said: list[Incoming] = []
    for _ in range(TRIES):
        sync = await bot.syncs()
        timeline = sync["rooms"].get("join", {}).get(room, {}).get("timeline", {})
        raw += [it for it in timeline.get("events", []) if it["event_id"] == asked]
        said += [it for it in ears.read(sync, first=False).events if isinstance(it, Said)]
        if said:
            break
        await asyncio.sleep(0.1)

    assert "age" not in raw[0].get("unsigned", {}), "our server tells it after all"
    assert timedelta(seconds=1.5) <= said[0].age < timedelta(minutes=5)
    again = ears.reread(room, {it: raw[0][it] for it in KEPT_PARTS})
    assert again is not None
    assert again.age >= said[0].age


def in_eight_forums(region: Region) -> tuple[set[str], list[str]]:
    """Choose eight forums, and functions with which one person has a seat in each of them."""
    forums = list(region.forums.values())[:FORUMS]
    return {functions_of(it, region)[0] for it in forums}, [it.code for it in forums]


@pytest.mark.parametrize("version", ["12", "11"])
async def test_one_invitation_lets_somebody_elsewhere_into_eight_forums(
    version: str, servers: tuple[Homeserver, Homeserver], arrives: Arrives, tmp_path: Path
) -> None:
    here, there = servers
    bot, ada = await arrives(here, "bot"), await arrives(there, "ada")
    region = load_region(HOUSE / "config/example/malarvik.yaml", date(2026, 10, 12))
    functions, forums = in_eight_forums(region)
    settings = RoomSettings(bot.user_id, namespace=secrets.token_hex(4), version=version)
    await migrate(f"sqlite:///{tmp_path / 'memory.db'}")
    store = await Store.open(f"sqlite:///{tmp_path / 'memory.db'}")
    async with store.begin() as session:
        session.add_all(
            Holding(function=it, rank=1, mxid=ada.user_id, name="Ada", source="test")
            for it in functions
        )
    levels = {f"level:{it}" for it in region.levels}
    keys = {"space", *levels, *(f"forum:{it}" for it in forums)}
    wanted = [it for it in wanted_rooms(region, settings, lambda name, _: name) if it.key in keys]
    await Builder(bot.wire, store, wanted).apply(datetime.now(UTC))
    async with store.read() as session:
        ids = {each.key: each.room_id for each in await rooms.every(session)}

    now = datetime.now(UTC)
    mends = Reconciler(
        bot.wire, store, region, settings, lambda name, _: name, lambda: datetime.now(UTC)
    )
    moves = await mends.once(now)
    again = await mends.once(now)
    invited = await invitations(ada)
    for key in ("space", *(f"forum:{it}" for it in forums)):
        path = f"{CLIENT}/join/{quote(ids[key])}"
        await ada.wire.call("POST", path, {}, query={"via": here.name}, patience=0.0)
    await store.close()

    assert [it.key for it in moves] == ["space"]
    assert again == ()
    assert invited == {ids["space"]}
    for forum in forums:
        path = f"{CLIENT}/rooms/{quote(ids[f'forum:{forum}'])}/joined_members"
        assert ada.user_id in (await bot.wire.call("GET", path))["joined"]


async def invitations(person: Person) -> set[str]:
    """Give the rooms somebody is invited to, once there is one."""
    for _ in range(TRIES):
        if found := (await person.syncs()).get("rooms", {}).get("invite", {}):
            return set(found)
        await asyncio.sleep(0.1)
    return set()
