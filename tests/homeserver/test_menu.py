"""A client that knows nothing of the bot, on a real homeserver: its menu, and what it sends."""

from __future__ import annotations

import functools
import secrets
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.clock.wall import WallClock
from bot.dispatch.catalogue import Catalogue
from bot.dispatch.desk import Desk
from bot.dispatch.menu import menus
from bot.dispatch.post import Post
from bot.domain.incoming import Incoming
from bot.domain.menus import Menus
from bot.domain.model import Room
from bot.domain.region import Region
from bot.domain.room_plan import Offering
from bot.domain.rooms import RoomSettings, WantedRoom, wanted_rooms
from bot.matrix.directs import Directs
from bot.matrix.ears import Ears
from bot.matrix.menus import MenuKeeper
from bot.matrix.rooms import Builder
from bot.matrix.wire import MatrixRefusal, Wire, quote
from bot.rehearsal.homeserver import Homeserver
from bot.store import kept, rooms
from bot.store.engine import Store
from bot.store.migrations import migrate
from bot.text.phrasebook import Phrasebook
from config.region import load_region
from tests.homeserver.conftest import CLIENT, Arrives, Person
from tests.menu_client import DESCRIPTION, Entry, Json, menu
from tests.recorded import Asked, recording
from tests.story.test_menu import filled_in

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(240)]

HOUSE = Path(__file__).parents[2]
NOW = datetime(2026, 11, 3, 14, 0, tzinfo=UTC)
A_MINUTE = 20  # what is said in one, below the pace at which somebody is told to wait
KEYS = frozenset({"space", "level:verkstallande", "forum:VSK"})


@dataclass
class Site:
    """The bot's side: its rooms as the law wants them, and a memory."""

    bot: Person
    store: Store
    region: Region
    words: Phrasebook
    offered: Menus
    namespace: str = field(default_factory=lambda: secrets.token_hex(4))

    def say(self, name: str, facts: Mapping[str, Any]) -> str:
        return self.words.line(name, facts, self.region.language, now=NOW)

    def wanted(self, *, without: str = "") -> list[WantedRoom]:
        settings = RoomSettings(self.bot.user_id, encrypted=False, namespace=self.namespace)
        offers = tuple(it for it in self.offered.forum if it.command != without)
        every = wanted_rooms(self.region, settings, self.say, offers)
        return [room for room in every if room.key in KEYS]

    async def apply(self, *, without: str = "") -> tuple[object, ...]:
        builder = Builder(self.bot.wire, self.store, self.wanted(without=without))
        return await builder.apply(NOW)

    async def room(self) -> str:
        async with self.store.read() as session:
            found = await rooms.by_key(session, "forum:VSK")
        assert found
        return found.room_id


@pytest_asyncio.fixture(loop_scope="session")
async def site(homeserver: Homeserver, arrives: Arrives, tmp_path: Path) -> AsyncIterator[Site]:
    region = load_region(HOUSE / "config/example/malarvik.yaml", date(2026, 10, 12))
    words = Phrasebook([HOUSE / "config/text"], region)
    url = f"sqlite:///{tmp_path / 'menu.db'}"
    await migrate(url)
    bot = await arrives("menu")
    await homeserver.lift_limits(bot.user_id)
    site = Site(bot, await Store.open(url), region, words, Menus())
    site.offered = menus(Catalogue.discover().commands(), words, region, site.say)
    await site.apply()
    yield site
    await site.store.close()


async def menu_of(person: Person, room_id: str) -> dict[str, Entry]:
    """Build the menu as a client does: from what the room says."""
    state: list[Json] = await person.wire.listing(f"{CLIENT}/rooms/{quote(room_id)}/state")
    return menu(state)


async def member(site: Site, homeserver: Homeserver, arrives: Arrives) -> Person:
    """Let somebody into the forum."""
    amira = await arrives("amira")
    await homeserver.lift_limits(amira.user_id)
    await site.bot.invites(await site.room(), amira)
    return amira


async def sends(wire: Wire, room_id: str, content: Json) -> None:
    path = f"{CLIENT}/rooms/{quote(room_id)}/send/m.room.message/{secrets.token_hex(8)}"
    await wire.call("PUT", path, content)


async def test_every_command_of_the_menu_arrives_as_it_does_typed(
    site: Site, homeserver: Homeserver, arrives: Arrives
) -> None:
    asked: list[Asked] = []
    amira, room_id = await member(site, homeserver, arrives), await site.room()
    entries = await menu_of(amira, room_id)
    desk = Desk(site.region, recording(asked), Post(site.words, "sv"))
    ears = Ears(site.bot.user_id, ("samverkan",), site.bot.keyring, WallClock().now)
    there = filled_in(entries)
    await site.bot.syncs()

    heard: list[list[Asked]] = []
    for typed in (False, True):
        events: list[Incoming] = []
        for name, fields, line in there:
            content = {"msgtype": "m.text", "body": line}
            await sends(amira.wire, room_id, content if typed else entries[name].invoke(fields))
            events += ears.read(await site.bot.syncs(), first=False).events
        asked.clear()
        for start in range(0, len(events), A_MINUTE):
            now = NOW.replace(minute=10 * typed + start // A_MINUTE)
            async with site.store.begin() as session:
                await desk.hear(session, events[start : start + A_MINUTE], now)
        heard.append(list(asked))

    assert [name for name, _ in heard[0]] == [name for name, _ in heard[1]]
    assert heard[0] == heard[1]
    assert len(heard[0]) == len(there)


async def test_what_is_no_longer_offered_is_gone_from_the_menu_and_nothing_is_written_twice(
    site: Site, homeserver: Homeserver, arrives: Arrives
) -> None:
    amira, room_id = await member(site, homeserver, arrives), await site.room()
    before = await menu_of(amira, room_id)

    steps = await site.apply(without="vem")
    again = await site.apply(without="vem")

    after = await menu_of(amira, room_id)
    assert "vem" in before
    assert [type(step) for step in steps] == [Offering]
    assert set(before) - set(after) == {"vem"}
    assert again == ()


async def test_nobody_else_can_put_a_command_into_the_menu(
    site: Site, homeserver: Homeserver, arrives: Arrives
) -> None:
    amira, room_id = await member(site, homeserver, arrives), await site.room()
    path = f"{CLIENT}/rooms/{quote(room_id)}/state/{DESCRIPTION}/x"

    with pytest.raises(MatrixRefusal, match="M_FORBIDDEN"):
        await amira.wire.call("PUT", path, {"command": "x"})


async def test_a_direct_room_has_its_menu_from_the_first_and_a_start_asks_about_none(
    site: Site, arrives: Arrives
) -> None:
    amira = await arrives("amira")
    clock = functools.partial(datetime.now, UTC)
    directs = Directs(
        site.store, site.bot.wire, site.bot.user_id, site.namespace, encrypted=False, now=clock,
        menu=site.offered.direct,
    )  # fmt: skip
    room = await directs.ensure(amira.user_id)
    await amira.wire.call("POST", f"{CLIENT}/join/{quote(room.room_id)}", {})
    keeper = MenuKeeper(site.bot.wire, site.store, site.bot.user_id, site.offered)

    first, second = await keeper.mend(), await keeper.mend()

    assert set(await menu_of(amira, room.room_id)) == {it.command for it in site.offered.direct}
    assert (first, second) == (0, 0)
    async with site.store.read() as session:
        assert len(await kept.beginning(session, "menu:")) == 2, "the forum's and this"


async def test_a_start_with_other_commands_mends_the_menus(
    site: Site, homeserver: Homeserver, arrives: Arrives
) -> None:
    amira, room_id = await member(site, homeserver, arrives), await site.room()
    fewer = Menus(tuple(it for it in site.offered.forum if it.command != "vem"))
    keeper = MenuKeeper(site.bot.wire, site.store, site.bot.user_id, fewer)

    written = (await keeper.mend(), await keeper.mend())

    assert written == (1, 0)
    assert "vem" not in await menu_of(amira, room_id)


async def test_a_room_that_a_person_opened_without_giving_us_a_say_is_left_as_it_is(
    site: Site, arrives: Arrives
) -> None:
    amira = await arrives("amira")
    room_id = await amira.opens_room()
    await amira.invites(room_id, site.bot)
    async with site.store.begin() as session:
        row = Room(key=f"direct:{amira.user_id}", room_id=room_id, made_at=NOW)
        await rooms.remember(session, row)
    keeper = MenuKeeper(site.bot.wire, site.store, site.bot.user_id, site.offered)

    written = (await keeper.mend(), await keeper.mend())

    assert written == (0, 0)
    assert await menu_of(amira, room_id) == {}
