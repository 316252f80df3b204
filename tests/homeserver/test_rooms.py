"""The rooms, on a real homeserver: made once, mended, and never made twice."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.domain.region import Region
from bot.domain.room_plan import SetState, Step
from bot.domain.rooms import RoomSettings, WantedRoom, wanted_rooms
from bot.matrix.rooms import Builder, ForeignRoom
from bot.matrix.wire import Wire, quote
from bot.rehearsal.homeserver import Account, Homeserver
from bot.store import rooms
from bot.store.engine import Store
from bot.store.migrations import migrate
from bot.text.phrasebook import Phrasebook
from config.region import load_region

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOUSE = Path(__file__).parents[2]
CLIENT = "/_matrix/client/v3"
NOW = datetime(2026, 11, 3, 14, 0, tzinfo=UTC)
SMALL = frozenset({"space", "level:strategic", "level:tactical", "forum:EXEC", "forum:WEEK"})


class Killed(Exception):  # noqa: N818 - what happened to the process
    """The process ended here."""


class CountedWire(Wire):
    """Counts the calls; after so many the process is dead, and the last answer was not heard."""

    def __init__(self, homeserver: str, token: str, dies_after: int | None = None) -> None:
        super().__init__(homeserver, token)
        self.calls = 0
        self.writes = 0
        self.dies_after = dies_after

    async def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        **named: Any,  # noqa: ANN401 - handed on as it came
    ) -> dict[str, Any]:
        self.writes += method != "GET"
        try:
            return await super().call(method, path, body, **named)
        finally:
            self._count()

    async def listing(self, path: str, *, patience: float = 30.0) -> list[Any]:
        try:
            return await super().listing(path, patience=patience)
        finally:
            self._count()

    def _count(self) -> None:
        self.calls += 1
        if self.dies_after is not None and self.calls >= self.dies_after:
            raise Killed(self.calls)


class Site:
    """A bot's place on the homeserver, and a memory of its own for each region it builds."""

    def __init__(self, homeserver: Homeserver, bot: Account, region: Region, folder: Path) -> None:
        self.homeserver = homeserver
        self.bot = bot
        self.region = region
        self.folder = folder
        self.wire = Wire(homeserver.url, bot.access_token)

    async def memory(self) -> Store:
        url = f"sqlite:///{self.folder / secrets.token_hex(4)}.db"
        await migrate(url)
        return await Store.open(url)

    def wanted(
        self,
        namespace: str,
        keys: frozenset[str] = SMALL,
        **settings: Any,  # noqa: ANN401 - those of RoomSettings
    ) -> tuple[WantedRoom, ...]:
        words = Phrasebook([HOUSE / "config/text"], self.region)

        def say(name: str, facts: Mapping[str, Any]) -> str:
            return words.line(name, facts, self.region.language, now=NOW)

        given = RoomSettings(self.bot.user_id, namespace=namespace, **settings)
        return tuple(r for r in wanted_rooms(self.region, given, say) if r.key in keys)

    async def joined(self) -> set[str]:
        answer = await self.wire.call("GET", f"{CLIENT}/joined_rooms")
        return set(answer["joined_rooms"])

    async def state(self, room_id: str) -> dict[tuple[str, str], Any]:
        events = await self.wire.listing(f"{CLIENT}/rooms/{quote(room_id)}/state")
        return {(it["type"], it["state_key"]): it["content"] for it in events}

    async def put(self, room_id: str, type_: str, content: Mapping[str, Any]) -> None:
        path = f"{CLIENT}/rooms/{quote(room_id)}/state/{type_}/"
        await self.wire.call("PUT", path, content)


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def site(
    homeserver: Homeserver, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Site]:
    bot = await homeserver.register(f"rooms-{secrets.token_hex(4)}", "hemligt")
    region = load_region(HOUSE / "config/example/thornmere.yaml", date(2026, 10, 12))
    site = Site(homeserver, bot, region, tmp_path_factory.mktemp("memories"))
    yield site
    await site.wire.close()


@pytest_asyncio.fixture(loop_scope="session")
async def memory(site: Site) -> AsyncIterator[Store]:
    store = await site.memory()
    yield store
    await store.close()


@pytest.mark.parametrize("version", ["12", "11"])
async def test_applied_twice_the_second_plan_is_empty_and_nothing_is_written(
    version: str, site: Site, memory: Store
) -> None:
    every = frozenset(room.key for room in site.wanted("x", SMALL)) | {"forum:TCG", "forum:FLOOD"}
    wanted = site.wanted(f"twice-{version}", every, version=version)
    told: list[tuple[int, int]] = []

    def progress(done: int, of: int, _step: Step) -> None:
        told.append((done, of))

    await Builder(site.wire, memory, wanted).apply(NOW, progress)

    again = CountedWire(site.homeserver.url, site.bot.access_token)
    assert told == [(number, len(told)) for number in range(len(told))]
    assert await Builder(again, memory, wanted).apply(NOW) == ()
    assert again.writes == 0
    await again.close()


async def test_a_forum_is_what_the_law_wants(site: Site, memory: Store) -> None:
    wanted = site.wanted("whole", creators=("@standby:elsewhere.example",))

    await Builder(site.wire, memory, wanted).apply(NOW)

    async with memory.read() as session:
        known = {room.key: room for room in await rooms.every(session)}
    space = known["space"].room_id
    forum = await site.state(known["forum:WEEK"].room_id)
    assert forum["m.room.name", ""]["name"] == "Weekly partners' call (WEEK)"
    assert forum["m.room.topic", ""]["topic"].startswith(
        "The week ahead, and who needs whom. Chair: Resilience duty officer, "
    )
    assert forum["m.room.create", ""]["additional_creators"] == ["@standby:elsewhere.example"]
    assert forum["m.room.join_rules", ""]["allow"] == [
        {"type": "m.room_membership", "room_id": space}
    ]
    assert forum["m.room.power_levels", ""]["users"] == {}
    assert known["forum:WEEK"].encrypted
    assert not known["space"].encrypted
    assert ("m.space.child", known["level:tactical"].room_id) in await site.state(space)


async def test_killed_anywhere_and_run_again_it_ends_in_the_same_place(site: Site) -> None:
    died, after = 0, 0
    while died == after:
        after += 1
        died += await killed_after(site, after)

    assert died >= 14, "a whole apply takes more calls than that"


async def killed_after(site: Site, calls: int) -> bool:
    """Kill an apply after so many calls, run it again, look; tell whether it died at all."""
    store, before = await site.memory(), await site.joined()
    wanted = site.wanted(f"killed-{calls}")
    wire = CountedWire(site.homeserver.url, site.bot.access_token, dies_after=calls)
    died = False
    try:
        await Builder(wire, store, wanted).apply(NOW)
    except Killed:
        died = True

    await Builder(site.wire, store, wanted).apply(NOW)

    look = await Builder(site.wire, store, wanted).look()
    async with store.read() as session:
        known = {room.key: room.room_id for room in await rooms.every(session)}
    assert look.steps == (), calls
    assert await site.joined() - before == {room.room_id for room in look.actual.values()}, calls
    assert known == {key: room.room_id for key, room in look.actual.items()}, calls
    await wire.close()
    await store.close()
    return died


async def test_what_somebody_changed_is_set_right(site: Site, memory: Store) -> None:
    wanted = site.wanted("changed")
    builder = Builder(site.wire, memory, wanted)
    await builder.apply(NOW)
    room_id = (await builder.look()).actual["forum:EXEC"].room_id
    await site.put(room_id, "m.room.topic", {"topic": "Lunch"})

    (step,) = await builder.apply(NOW)

    assert isinstance(step, SetState)
    assert (step.key, step.type, step.why.name) == ("forum:EXEC", "m.room.topic", "differs")
    assert (await builder.look()).steps == ()


async def test_a_memory_that_was_lost_finds_the_rooms_again(site: Site, memory: Store) -> None:
    wanted = site.wanted("lost")
    await Builder(site.wire, memory, wanted).apply(NOW)
    before = await site.joined()
    empty = await site.memory()

    steps = await Builder(site.wire, empty, wanted).apply(NOW)

    async with empty.read() as session:
        known = {room.key: room.encrypted for room in await rooms.every(session)}
    assert steps == ()
    assert await site.joined() == before
    assert known["forum:EXEC"] is True
    await empty.close()


async def test_a_room_that_never_came_to_be_gives_its_alias_back(site: Site, memory: Store) -> None:
    wanted = site.wanted("half-built", frozenset({"space"}))
    alias = f"#{wanted[0].alias}:{site.homeserver.name}"
    room_id = (await site.wire.call("POST", f"{CLIENT}/createRoom", {}))["room_id"]
    path = f"{CLIENT}/directory/room/{quote(alias)}"
    await site.wire.call("PUT", path, {"room_id": room_id})
    await site.wire.call("POST", f"{CLIENT}/rooms/{quote(room_id)}/leave", {})
    await site.wire.call("POST", f"{CLIENT}/rooms/{quote(room_id)}/forget", {})

    await Builder(site.wire, memory, wanted).apply(NOW)

    look = await Builder(site.wire, memory, wanted).look()
    assert look.steps == ()
    assert look.actual["space"].room_id != room_id


async def test_an_alias_that_somebody_else_took_is_refused(site: Site, memory: Store) -> None:
    wanted = site.wanted("foreign", frozenset({"space"}))
    other = await site.homeserver.register(f"other-{secrets.token_hex(4)}", "hemligt")
    theirs = Wire(site.homeserver.url, other.access_token)
    body = {"room_alias_name": wanted[0].alias, "preset": "public_chat"}
    room_id = (await theirs.call("POST", f"{CLIENT}/createRoom", body))["room_id"]
    await site.wire.call("POST", f"{CLIENT}/join/{quote(room_id)}", {})

    with pytest.raises(ForeignRoom, match="somebody else made"):
        await Builder(site.wire, memory, wanted).look()
    await theirs.close()
