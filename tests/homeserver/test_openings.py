"""The rooms of forums opened while the bot runs, on a real homeserver: made at once, and closed."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import HeldExercise, OpenedForum
from bot.domain.rooms import RoomSettings, WantedRoom, wanted_rooms
from bot.domain.temporary import Order
from bot.matrix.openings import Openings
from bot.matrix.rooms import Builder
from bot.matrix.wire import MatrixRefusal, Wire, quote
from bot.rehearsal.homeserver import Homeserver
from bot.store import exercises, forums, law, rooms
from bot.store.engine import Store
from bot.store.migrations import migrate
from bot.text.phrasebook import Phrasebook
from config.region import load_region

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOUSE = Path(__file__).parents[2]
CLIENT = "/_matrix/client/v3"
NOW = datetime(2026, 11, 3, 14, 0, tzinfo=UTC)
ORDER = Order(
    "VATTEN", "Arbetsgrupp nödvatten", "En plan.", "kansli.SCHEF", ("lst.FD",), "RSG", "RSG"
)


class Scene:
    """A bot on the homeserver with the example's law, the Spaces of it built, and a clock."""

    def __init__(self, homeserver: Homeserver, bot: Any, store: Store) -> None:  # noqa: ANN401
        self.store = store
        self.homeserver = homeserver
        self.wire = Wire(homeserver.url, bot.access_token)
        self.now = NOW
        self.told = 0
        self._region = load_region(HOUSE / "config/example/malarvik.yaml", date(2026, 10, 12))
        self._words = Phrasebook([HOUSE / "config/text"], self._region)
        self._settings = RoomSettings(bot.user_id, encrypted=False, namespace=secrets.token_hex(4))
        self.builder = Builder(self.wire, store, self._wanted)
        self.openings = Openings(self.builder, store, lambda: self.now, (self._tell,))

    async def _wanted(self, session: AsyncSession) -> Sequence[WantedRoom]:
        region = await law.seen(session, self._region)
        return wanted_rooms(region, self._settings, self._say)

    def _say(self, name: str, facts: Mapping[str, Any]) -> str:
        return self._words.line(name, facts, "sv", now=NOW)

    def _tell(self) -> None:
        self.told += 1

    async def keep(self, row: OpenedForum) -> None:
        async with self.store.begin() as session:
            await forums.keep(session, row, self.now)

    async def row(self) -> OpenedForum:
        async with self.store.read() as session:
            found = await forums.by_code(session, "VATTEN")
        assert found
        return found

    async def room_id(self, key: str) -> str:
        async with self.store.read() as session:
            found = await rooms.by_key(session, key)
        assert found, key
        return found.room_id

    async def state(self, room_id: str, type_: str) -> dict[str, Any]:
        return await self.wire.call("GET", f"{CLIENT}/rooms/{quote(room_id)}/state/{type_}/")


@pytest_asyncio.fixture(loop_scope="session")
async def scene(homeserver: Homeserver, tmp_path: Path) -> AsyncIterator[Scene]:
    bot = await homeserver.register(f"opens-{secrets.token_hex(4)}", "hemligt")
    url = f"sqlite:///{tmp_path / 'bot.db'}"
    await migrate(url)
    store = await Store.open(url)
    scene = Scene(homeserver, bot, store)
    await scene.builder.apply(NOW, only={"space", "level:samordnande"})
    yield scene
    await scene.wire.close()
    await store.close()


async def test_an_exercise_has_rooms_of_its_own_marked_and_closed_after_it(scene: Scene) -> None:
    row = HeldExercise(
        code="ÖVN1", title="Tunnelbrand", forums=["TIBG"], participants=[], started_at=NOW,
        started_by="@tib:x", started_as="lst.TIB", started_in="forum:VSK", changed_at=NOW,
    )  # fmt: skip
    async with scene.store.begin() as session:
        await exercises.keep(session, row, NOW)
    await scene.openings.once()

    space = await scene.room_id("exercise:ÖVN1")
    room_id = await scene.room_id("forum:ÖVN1-TIBG")
    named = [(await scene.state(it, "m.room.name"))["name"] for it in (space, room_id)]
    assert named == [
        "ÖVNING (ÖVN1) Tunnelbrand",
        "ÖVNING (ÖVN1) TiB-gruppen (första kontakt) (ÖVN1-TIBG)",
    ]
    rules = await scene.state(room_id, "m.room.join_rules")
    assert [it["room_id"] for it in rules["allow"]] == [space]
    assert (await scene.state(space, "m.room.join_rules"))["join_rule"] == "invite"

    async with scene.store.begin() as session:
        found = await exercises.by_code(session, "ÖVN1")
        assert found
        found.ended_at = NOW
        await exercises.keep(session, found, NOW)
    await scene.openings.once()

    assert (await scene.state(room_id, "m.room.power_levels"))["events_default"] == 100
    closed = (await scene.state(room_id, "m.room.name"))["name"]
    assert closed.startswith("ÖVNING (ÖVN1) ")
    assert closed.endswith("avslutat, bara att läsa")


async def test_a_room_is_made_when_the_forum_is_opened_and_only_read_once_it_is_closed(
    scene: Scene,
) -> None:
    row = OpenedForum(
        code="VATTEN", definition=ORDER.kept(), ends=date(2027, 6, 30), opened_at=NOW,
        opened_by="@schef:x", opened_as="kansli.SCHEF", changed_at=NOW,
    )  # fmt: skip
    member = await scene.homeserver.register(f"member-{secrets.token_hex(4)}", "hemligt")
    theirs = Wire(scene.homeserver.url, member.access_token)

    await scene.keep(row)
    await scene.openings.once()

    room_id = await scene.room_id("forum:VATTEN")
    level = await scene.room_id("level:samordnande")
    assert (await scene.state(room_id, "m.room.name"))["name"] == "Arbetsgrupp nödvatten (VATTEN)"
    children = await scene.wire.listing(f"{CLIENT}/rooms/{quote(level)}/state")
    assert room_id in {it["state_key"] for it in children if it["type"] == "m.space.child"}
    assert scene.told == 1

    path = f"{CLIENT}/rooms/{quote(room_id)}"
    await scene.wire.call("POST", f"{path}/invite", {"user_id": member.user_id})
    await theirs.call("POST", f"{path}/join", {})
    await theirs.call("PUT", f"{path}/send/m.room.message/1", {"msgtype": "m.text", "body": "Hej"})

    scene.now += timedelta(hours=1)
    closed = await scene.row()
    closed.closed_at = scene.now
    await scene.keep(closed)
    await scene.openings.once()

    named = (await scene.state(room_id, "m.room.name"))["name"]
    assert named == "Arbetsgrupp nödvatten (VATTEN) – avslutat, bara att läsa"  # noqa: RUF001
    with pytest.raises(MatrixRefusal) as refused:
        await theirs.call(
            "PUT", f"{path}/send/m.room.message/2", {"msgtype": "m.text", "body": "Hej"}
        )
    assert refused.value.errcode == "M_FORBIDDEN"
    assert (await theirs.call("GET", f"{path}/messages?dir=b&limit=5"))["chunk"]
    await scene.wire.call(
        "PUT", f"{path}/send/m.room.message/3", {"msgtype": "m.text", "body": "x"}
    )
    assert (await scene.builder.look(only={"forum:VATTEN"})).steps == ()
    await theirs.close()
