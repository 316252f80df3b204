"""Members and the pinned register, on a real homeserver: the room follows the function."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.domain.model import Holding, Letter, Member
from bot.domain.region import Region, Relief
from bot.domain.rooms import RoomSettings, wanted_rooms
from bot.matrix.reconciler import Reconciler
from bot.matrix.rooms import Builder
from bot.matrix.wire import MatrixRefusal, Wire, quote
from bot.rehearsal.homeserver import Account, Homeserver
from bot.store import deadlines, rooms
from bot.store.engine import Store
from bot.store.migrations import migrate
from bot.text.phrasebook import Phrasebook
from config.region import load_region

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOUSE = Path(__file__).parents[2]
CLIENT = "/_matrix/client/v3"
KEYS = frozenset({"space", "level:tactical", "forum:WEEK"})


@dataclass
class Office:
    """The bot's side: its rooms, its memory, and a clock that a test moves."""

    homeserver: Homeserver
    wire: Wire
    store: Store
    reconciler: Reconciler
    now: datetime

    async def holds(self, account: Account, *, ends: datetime | None = None, rank: int = 1) -> None:
        async with self.store.begin() as session:
            held = Holding(
                function="county.DUTY",
                rank=rank,
                mxid=account.user_id,
                name="Gwen",
                ends=ends,
                source="test",
            )
            session.add(held)

    async def room(self, key: str) -> str:
        async with self.store.read() as session:
            found = await rooms.by_key(session, key)
        assert found
        return found.room_id

    async def member(self, key: str, account: Account) -> dict[str, Any]:
        """Give what the room itself says of somebody."""
        room_id = await self.room(key)
        events = await self.wire.listing(f"{CLIENT}/rooms/{quote(room_id)}/state")
        found = [it for it in events if it["state_key"] == account.user_id]
        return dict(found[0]["content"]) if found else {}

    async def row(self, key: str, account: Account) -> Member | None:
        """Give what the bot remembers of somebody."""
        async with self.store.read() as session:
            there = await rooms.members(session, await self.room(key))
        return next((each for each in there if each.mxid == account.user_id), None)

    async def does(self, account: Account, verb: str, key: str) -> None:
        """Let somebody join or leave a room."""
        theirs = Wire(self.homeserver.url, account.access_token)
        path = f"{CLIENT}/rooms/{quote(await self.room(key))}/{verb}"
        try:
            await theirs.call("POST", path, {})
        finally:
            await theirs.close()

    async def arrives(self) -> Account:
        return await self.homeserver.register(f"gwen-{secrets.token_hex(4)}", "hemligt")


def reconciler(office_wire: Wire, store: Store, region: Region, bot: str, now: Any) -> Reconciler:  # noqa: ANN401 - a clock
    words = Phrasebook([HOUSE / "config/text"], region)

    def say(name: str, facts: Mapping[str, Any]) -> str:
        return words.line(name, facts, region.language, now=now())

    return Reconciler(office_wire, store, region, RoomSettings(bot), say, now)


@pytest_asyncio.fixture(loop_scope="session")
async def office(homeserver: Homeserver, tmp_path: Path) -> AsyncIterator[Office]:
    bot = await homeserver.register(f"office-{secrets.token_hex(4)}", "hemligt")
    region = load_region(HOUSE / "config/example/thornmere.yaml", date(2026, 10, 12))
    url = f"sqlite:///{tmp_path / 'office.db'}"
    await migrate(url)
    store, wire = await Store.open(url), Wire(homeserver.url, bot.access_token)
    settings = RoomSettings(bot.user_id, namespace=secrets.token_hex(4))
    wanted = wanted_rooms(region, settings, lambda name, _: name)
    start = datetime.now(UTC)
    await Builder(wire, store, [it for it in wanted if it.key in KEYS]).apply(start)
    made: list[Office] = []
    mending = reconciler(wire, store, region, bot.user_id, lambda: made[0].now)
    made.append(Office(homeserver, wire, store, mending, start))
    yield made[0]
    await wire.close()
    await store.close()


async def test_a_holder_is_invited_once_to_the_space_and_to_the_forum(office: Office) -> None:
    gwen = await office.arrives()
    await office.holds(gwen)

    moves = await office.reconciler.once(office.now)

    assert {move.key for move in moves} == {"space", "forum:WEEK"}
    assert (await office.member("space", gwen))["membership"] == "invite"
    assert (await office.member("forum:WEEK", gwen))["membership"] == "invite"
    assert await office.reconciler.once(office.now) == ()


async def test_a_member_of_the_space_gets_into_a_forum_without_an_invitation(
    office: Office,
) -> None:
    deputy, stranger = await office.arrives(), await office.arrives()
    room_id = await office.room("space")
    await office.wire.call(
        "POST", f"{CLIENT}/rooms/{quote(room_id)}/invite", {"user_id": deputy.user_id}
    )
    await office.does(deputy, "join", "space")

    await office.does(deputy, "join", "forum:WEEK")

    with pytest.raises(MatrixRefusal, match="M_FORBIDDEN"):
        await office.does(stranger, "join", "forum:WEEK")
    assert (await office.member("forum:WEEK", deputy))["membership"] == "join"


async def test_ten_minutes_after_the_end_of_a_duty_the_room_says_why(office: Office) -> None:
    gwen = await office.arrives()
    await office.holds(gwen, ends=office.now + timedelta(hours=1))
    await office.reconciler.once(office.now)
    await office.does(gwen, "join", "forum:WEEK")

    await office.reconciler.once(office.now + timedelta(hours=1))
    in_grace = await office.member("forum:WEEK", gwen)
    await office.reconciler.once(office.now + timedelta(hours=1, minutes=10))

    assert in_grace["membership"] == "join"
    assert await office.member("forum:WEEK", gwen) == {
        "membership": "leave",
        "reason": "The duty as Resilience duty officer, Thornmere County Council has passed to "
        "somebody else or has ended. Thank you for your work.",
    }
    assert (await office.member("space", gwen))["membership"] == "leave"


async def test_where_the_law_lets_them_a_former_holder_reads_on_and_cannot_write(
    office: Office,
) -> None:
    gwen = await office.arrives()
    law = load_region(HOUSE / "config/example/thornmere.yaml", date(2026, 10, 12))
    law = replace(law, relief=Relief(listens=True))
    bot = (await office.wire.call("GET", f"{CLIENT}/account/whoami"))["user_id"]
    mending = reconciler(office.wire, office.store, law, bot, lambda: office.now)
    await office.holds(gwen, ends=office.now + timedelta(hours=1))
    await mending.once(office.now)
    await office.does(gwen, "join", "forum:WEEK")
    await office.does(gwen, "send/org.example.words", "forum:WEEK")

    await mending.once(office.now + timedelta(hours=1, minutes=10))

    assert (await office.member("forum:WEEK", gwen))["membership"] == "join"
    assert (await office.member("space", gwen))["membership"] == "leave"
    with pytest.raises(MatrixRefusal, match="M_FORBIDDEN"):
        await office.does(gwen, "send/org.example.words", "forum:WEEK")


async def test_what_happened_while_the_bot_was_away_is_seen_and_not_fought(
    office: Office,
) -> None:
    gwen, guest = await office.arrives(), await office.arrives()
    await office.holds(gwen)
    await office.reconciler.once(office.now)
    await office.does(gwen, "join", "forum:WEEK")
    await office.does(gwen, "leave", "forum:WEEK")
    await office.does(gwen, "join", "space")

    await office.reconciler.refresh()

    row = await office.row("forum:WEEK", gwen)
    assert row
    assert (row.membership, row.by_choice) == ("leave", True)
    assert await office.reconciler.once(office.now) == ()
    async with office.store.read() as session:
        due = {each.subject for each in await deadlines.due(session, datetime.now(UTC))}
    assert f"{row.room_id} {gwen.user_id}" in due
    assert guest.user_id not in str(due)


async def test_a_lost_memory_of_a_member_is_mended_and_not_invited_again(office: Office) -> None:
    gwen = await office.arrives()
    await office.holds(gwen)
    await office.reconciler.once(office.now)
    await office.does(gwen, "join", "forum:WEEK")
    row = await office.row("forum:WEEK", gwen)
    async with office.store.begin() as session:
        await session.delete(row)

    done = await office.reconciler.once(office.now)

    row = await office.row("forum:WEEK", gwen)
    assert done == ()
    assert row
    assert row.membership == "join"


async def test_one_who_cannot_be_invited_does_not_keep_the_others_out(office: Office) -> None:
    gwen = await office.arrives()
    nobody = Account("@nobody:not a server", "", "", "")
    await office.holds(nobody)
    await office.holds(gwen)

    moves = await office.reconciler.once(office.now)

    assert {move.mxid for move in moves} == {gwen.user_id}
    assert await office.reconciler.once(office.now) == (), "it rests before the next try"


async def test_it_goes_on_for_ever_and_says_when_it_has_nothing_to_do(office: Office) -> None:
    gwen = await office.arrives()
    running = asyncio.create_task(office.reconciler.run())
    await quiet(office)
    await office.holds(gwen)

    office.reconciler.wake()
    await quiet(office)

    assert (await office.member("space", gwen))["membership"] == "invite"
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def quiet(office: Office) -> None:
    async with asyncio.timeout(20):
        while not office.reconciler.idle:  # noqa: ASYNC110 - as the player waits
            await asyncio.sleep(0.05)


async def test_the_register_is_pinned_beside_what_else_is(office: Office) -> None:
    room_id = await office.room("forum:WEEK")
    path = f"{CLIENT}/rooms/{quote(room_id)}/state/m.room.pinned_events/"
    await office.wire.call("PUT", path, {"pinned": ["$other"]})
    letter = Letter(
        id="a",
        place="forum:WEEK",
        kind="message",
        content={},
        object="register:WEEK",
        written_at=office.now,
        event_id="$register",
    )
    async with office.store.begin() as session:
        session.add(letter)

    await office.reconciler.once(office.now)

    pinned = await office.wire.call("GET", path)
    assert pinned == {"pinned": ["$register", "$other"]}
