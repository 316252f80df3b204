"""A key that is withheld, then given: what was said with it is heard, once, after all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
import pytest_asyncio

from bot.clock.wall import WallClock
from bot.dispatch.desk import Desk
from bot.dispatch.unheard import keep
from bot.domain.incoming import Incoming, Said, Unreadable
from bot.domain.model import Room
from bot.domain.unread import ASKED_AFTER
from bot.matrix.directs import Directs
from bot.matrix.ears import Batch, Ears
from bot.matrix.handover import Handover
from bot.matrix.key_requests import KeyRequests
from bot.matrix.line import Line
from bot.store import deadlines, rooms, unread
from bot.store.engine import Store
from bot.store.migrations import migrate
from tests.homeserver.conftest import CLIENT, Arrives, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@dataclass
class Listener:
    """A desk that keeps what it cannot read, and otherwise only listens."""

    heard: list[str] = field(default_factory=list)
    late: list[datetime | None] = field(default_factory=list)
    fails: bool = False

    async def hear(self, session: Any, events: Any, now: datetime) -> None:  # noqa: ANN401
        for event in cast("list[Incoming]", events):
            if isinstance(event, Unreadable):
                await keep(session, event, now)
            elif isinstance(event, Said):
                self.heard.append(event.body)
                self.late.append(event.heard_at)
        if self.fails:
            raise RuntimeError("the power went")


@dataclass
class House:
    """A bot with a line, a store and a listener."""

    bot: Person
    store: Store
    desk: Listener = field(default_factory=Listener)
    woken: list[bool] = field(default_factory=list)
    """Whether the courier was, after each answer."""

    def line(self) -> Line:
        wire, keyring, me = self.bot.wire, self.bot.keyring, self.bot.user_id
        directs = Directs(self.store, wire, me, "x", encrypted=True, now=lambda: NOW)
        ears, desk = Ears(me, (), keyring, WallClock().now), cast("Desk", self.desk)

        def kept(batch: Batch, _sync: object) -> None:
            self.woken.append(not batch.only_echoes)

        return Line(wire, keyring, ears, self.store, desk, directs, lambda: NOW, kept)

    async def takes(self, line: Line) -> None:
        """Take what the server has now; the first answer ever only tells where to go on."""
        query = {"timeout": "0"} | ({"since": self.bot.since} if self.bot.since else {})
        sync = await self.bot.wire.call("GET", f"{CLIENT}/sync", query=query)
        self.bot.since = await line.take(sync, self.bot.since)

    async def waits(self) -> int:
        async with self.store.read() as session:
            return len(await unread.every(session))


@pytest_asyncio.fixture(loop_scope="session")
async def house(arrives: Arrives, tmp_path: Path) -> AsyncIterator[House]:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    await migrate(url)
    store = await Store.open(url)
    yield House(await arrives("bot", tmp_path / "keys"), store)
    await store.close()


async def withheld(
    house: House, line: Line, person: Person, monkeypatch: pytest.MonkeyPatch, *words: str
) -> str:
    """Let somebody say things in the bot's room, and the key for it go to nobody."""
    room = await person.opens_room()
    await person.invites(room, house.bot)
    async with house.store.begin() as session:
        row = Room(key="forum:VSK", room_id=room, encrypted=True, made_at=NOW)
        await rooms.remember(session, row)
    await house.takes(line)

    async def to_nobody(*given: Any, **_: object) -> None:  # noqa: ANN401 - nio has no types
        """Give no key away."""
        given[3].mark_as_shared()

    with monkeypatch.context() as patched:
        patched.setattr(Handover, "share", to_nobody)
        for each in words:
            await person.says(room, [person, house.bot], each)
    await house.takes(line)
    return room


async def gives(person: Person, room: str, bot: Person) -> None:
    """Hand the key that was withheld to the bot, from where the session began."""
    machine = person.keyring._machine
    session_id, session = next(iter(machine.inbound_group_store[room][machine.curve25519].items()))
    content = {
        "algorithm": "m.megolm.v1.aes-sha2",
        "room_id": room,
        "session_id": session_id,
        "session_key": session.export_session(0),
        "sender_key": machine.curve25519,
        "sender_claimed_ed25519_key": machine.ed25519,
        "forwarding_curve25519_key_chain": [],
    }
    await person.keyring._directory.learn(person.wire, [bot.user_id])
    devices = person.keyring._directory.devices([bot.user_id])
    await person.keyring._handover._meet(person.wire, devices)
    letters = dict.fromkeys(devices, ("m.forwarded_room_key", content))
    await person.keyring._handover._send(person.wire, letters, devices)


async def asked_for(house: House) -> None:
    """Let the time come at which the key is asked for."""
    async with house.store.begin() as session:
        assert [it.kind for it in await deadlines.due(session, NOW + ASKED_AFTER)] == ["unread.ask"]
        for row in await unread.every(session):
            row.state = "wanted"
    await KeyRequests(house.store, house.bot.wire, house.bot.keyring).ask()


async def test_what_was_said_on_a_withheld_key_is_heard_in_order_once_it_is_given(
    house: House, arrives: Arrives, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, line = await arrives("anna"), house.line()
    room = await withheld(house, line, anna, monkeypatch, "!vem", "1", "tack")
    before = (list(house.desk.heard), await house.waits())

    await asked_for(house)
    requests = [
        it["content"]
        for it in (await anna.syncs())["to_device"]["events"]
        if it["type"] == "m.room_key_request"
    ]
    await gives(anna, room, house.bot)
    await house.takes(line)
    await house.takes(line)

    assert house.woken[-2:] == [True, False]
    assert before == ([], 3)
    assert [it["action"] for it in requests] == ["request"]
    assert requests[0]["body"]["room_id"] == room
    assert house.desk.heard == ["!vem", "1", "tack"]
    assert house.desk.late == [NOW] * 3
    assert await house.waits() == 0


async def test_a_key_that_came_just_before_a_crash_is_used_after_it(
    house: House, arrives: Arrives, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, line = await arrives("anna"), house.line()
    room = await withheld(house, line, anna, monkeypatch, "1")
    await asked_for(house)
    await gives(anna, room, house.bot)
    house.desk.fails = True
    with pytest.raises(RuntimeError):
        await house.takes(line)
    house.desk.heard.clear()
    house.desk.fails = False

    await house.takes(house.line())

    assert house.desk.heard == ["1"]
    assert await house.waits() == 0


async def test_a_key_that_nobody_asked_for_or_from_another_is_not_taken(
    house: House, arrives: Arrives, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, mallory, line = await arrives("anna"), await arrives("mallory"), house.line()
    room = await withheld(house, line, anna, monkeypatch, "1")

    await gives(anna, room, house.bot)
    await house.takes(line)
    unasked = list(house.desk.heard)
    await asked_for(house)
    mallory.keyring._machine.outbound_group_sessions = anna.keyring._machine.outbound_group_sessions
    stolen = anna.keyring._machine.inbound_group_store[room][anna.keyring._machine.curve25519]
    mallory.keyring._machine.inbound_group_store[room][mallory.keyring._machine.curve25519] = stolen
    await gives(mallory, room, house.bot)
    await house.takes(line)

    assert unasked == []
    assert house.desk.heard == []
    assert await house.waits() == 1


async def test_words_that_were_said_again_meanwhile_do_not_act_twice(
    house: House, arrives: Arrives, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, line = await arrives("anna"), house.line()
    room = await withheld(house, line, anna, monkeypatch, "!kalla VSK nu")
    await asked_for(house)
    async with house.store.begin() as session:
        for row in await unread.every(session):
            row.state = "told"
    anna.keyring.forget_room(room)
    await anna.says(room, [anna, house.bot], "!kalla VSK nu")
    await house.takes(line)

    await gives(anna, room, house.bot)
    await house.takes(line)

    assert house.desk.heard == ["!kalla VSK nu"]
    assert await house.waits() == 0
