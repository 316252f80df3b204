"""Rooms taken from the bot, on a real homeserver: noticed, told, mended, and nothing said lost."""

from __future__ import annotations

import asyncio
import os
import secrets
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlmodel import select

from bot.app import open_house
from bot.dispatch import ageing
from bot.domain.model import Call, CallState, Letter
from bot.domain.region import Held
from bot.house import House, Watch
from bot.matrix import courier, gaps
from bot.matrix.courier import Delivery
from bot.matrix.wire import MatrixRefusal, Wire, quote
from bot.rehearsal.homeserver import Account, Homeserver
from bot.store import letters, rooms
from bot.store.rosters import import_roster
from config.settings import load_settings
from tests.cli.conftest import Operator, Screen
from tests.homeserver.conftest import CLIENT
from tests.homeserver.folder import PASSWORD, settings_file

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(400)]

PATIENCE = 40.0  # seconds: a busy machine is slow
PURGED = 150.0  # seconds: a homeserver purges a room when nothing else is written in it
AWAY = int(os.environ.get("SAMVERKAN_TEST_AWAY", "300"))
"""How many messages the bot is away over; more than that were tried by hand."""
GONE = "+ A group (GROUP): the room is there no longer, or I am shut out of it; a new one is made."
FORUMS = ("forum:TOP", "forum:WEEK", "forum:GROUP")


def _nothing(_: Mapping[str, Any]) -> None:
    """Let it pass."""


@dataclass
class Site:
    """A bot's folder and account, another device of that account, and an administrator."""

    folder: Path
    bot: Account
    operator: Account
    chair: Account
    other: Wire
    keeper: Wire
    delivered: list[Delivery] = field(default_factory=list)

    @property
    def file(self) -> Path:
        return self.folder / "samverkan.yaml"

    @asynccontextmanager
    async def runs(
        self, hears: Callable[[Mapping[str, Any]], None] = _nothing
    ) -> AsyncIterator[House]:
        """Let the bot run, and stop it."""
        watch = Watch(self.delivered.append, hears)
        async with open_house(load_settings(self.file), watch=watch) as house:
            running = asyncio.create_task(house.run())
            try:
                async with asyncio.timeout(PATIENCE):
                    await house.line.caught_up.wait()
                yield house
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)

    async def begins(self) -> None:
        """Make the rooms, and give the forums a chair."""
        async with open_house(load_settings(self.file)) as house:
            await house.builder.apply(house.clock.now())
            rows = [Held("aa.HEAD", 1, self.chair.user_id, "Kim", house.clock.now(), None)]
            async with house.store.begin() as session:
                await import_roster(session, house.region, rows, house.clock.now())

    async def types(self, *words: str) -> Screen:
        operator = Operator(self.folder, secrets=(PASSWORD,))
        screen = await asyncio.to_thread(operator.types, *words, "--settings", str(self.file))
        assert operator.defect is None, operator.defect
        return screen

    async def told(self, who: Account, words: str) -> str:
        """Wait until somebody has been told something with those words, directly."""
        said: list[str] = []
        for _ in range(int(PATIENCE / 0.05)):
            mine = [it for it in self.delivered if it.letter.place == f"direct:{who.user_id}"]
            said = [str(it.letter.content.get("plain")) for it in mine]
            if found := [each for each in said if words in each]:
                return found[0]
            await asyncio.sleep(0.05)
        raise AssertionError(f"nobody was told {words!r}, but:\n" + "\n---\n".join(said))

    async def arrived(self, *words: str) -> list[tuple[str, str]]:
        """Wait until those words have been said; give each place and room they came to."""
        async with asyncio.timeout(PATIENCE):
            while not {*words} <= {it.letter.content.get("plain") for it in self.delivered}:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        await asyncio.sleep(0.2)
        said = [it for it in self.delivered if it.letter.content.get("plain") in words]
        return [(it.letter.place, it.room_id) for it in said]

    async def state(self, room_id: str, kind: str, content: Any, key: str = "") -> None:  # noqa: ANN401
        """Change a room from the other device."""
        path = f"{CLIENT}/rooms/{quote(room_id)}/state/{kind}/{quote(key)}"
        await self.other.call("PUT", path, content)

    async def read(self, room_id: str, kind: str, key: str = "") -> dict[str, Any]:
        path = f"{CLIENT}/rooms/{quote(room_id)}/state/{kind}/{quote(key)}"
        return await self.other.call("GET", path)

    async def deletes(self, room_id: str) -> None:
        """Delete a room as a server's administrator does, who asks until it is done."""
        path = f"/_synapse/admin/v2/rooms/{quote(room_id)}"
        begun = await self.keeper.call("DELETE", path, {"purge": True})
        path = f"/_synapse/admin/v2/rooms/delete_status/{quote(begun['delete_id'])}"
        async with asyncio.timeout(PURGED):
            while (status := await self.keeper.call("GET", path))["status"] != "complete":
                assert status["status"] != "failed", status
                await asyncio.sleep(0.1)


async def ids(house: House) -> dict[str, str]:
    async with house.store.read() as session:
        return {room.key: room.room_id for room in await rooms.every(session)}


async def writes(house: House, words: str, places: tuple[str, ...] = FORUMS) -> None:
    """Lay a letter in for each forum."""
    content = {"plain": words, "html": "", "mention": [], "call": True}
    async with house.store.begin() as session:
        await letters.write(session, [
            Letter(
                id=secrets.token_hex(8), place=place, kind="message", content=content,
                written_at=house.clock.now(),
            )
            for place in places
        ])  # fmt: skip
    house.courier.wake()


@pytest_asyncio.fixture(loop_scope="session")
async def site(
    homeserver: Homeserver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Site]:
    monkeypatch.setattr(courier, "RETRY_SECONDS", 0.2)
    names = ("bot", "operator", "chair")
    bot, operator, chair = [
        await homeserver.register(f"{it}-{secrets.token_hex(4)}", PASSWORD) for it in names
    ]
    keeper = await homeserver.register(f"keeper-{secrets.token_hex(4)}", PASSWORD, admin=True)
    file = settings_file(tmp_path, homeserver, bot)
    region = tmp_path / "region.yaml"
    region.write_text(region.read_text().replace("  name: Mini", "  name: Mini\n  language: en", 1))
    file.write_text(f'{file.read_text()}operators: ["{operator.user_id}"]\n')
    other, ends = (Wire(homeserver.url, it.access_token) for it in (bot, keeper))
    yield Site(tmp_path, bot, operator, chair, other, ends)
    await other.close()
    await ends.close()


async def test_rooms_closed_left_and_deleted_are_told_of_and_mended_and_what_waited_arrives(
    site: Site,
) -> None:
    await site.begins()
    async with site.runs() as house:
        before = await ids(house)
        await writes(house, "before")
        await site.arrived("before")
        await site.state(
            before["forum:TOP"], "m.room.tombstone", {"body": "", "replacement_room": ""}
        )
        await site.other.call("POST", f"{CLIENT}/rooms/{quote(before['forum:WEEK'])}/leave", {})
        await site.deletes(before["forum:GROUP"])
        closed = await site.told(site.operator, "the room has been closed and replaced")
        await site.told(site.chair, "the room has been closed and replaced")
        await site.told(site.operator, "The week (WEEK): I am no longer in the room")
        await writes(house, "after")
        await site.told(site.operator, "A group (GROUP): ")
        await asyncio.sleep(1)
    waited = [it for it in site.delivered if it.letter.content.get("plain") == "after"]
    plan, apply, again = [await site.types(it) for it in ("plan", "apply", "plan")]
    async with site.runs() as house:
        after = await ids(house)
        arrived = await site.arrived("after")
        await asyncio.sleep(1)
        arrived = await site.arrived("after")

    assert plan.out.splitlines()[:3] == [
        "+ The top (TOP): the room has been closed for another; a new one is made.",
        (
            "+ The week (WEEK): I am not in the room; I go in again, and where I am not let in a "
            "new one is made."
        ),
        GONE,
    ]
    assert waited == []
    assert site.bot.user_id in closed
    assert plan.code == apply.code == again.code == 0
    assert again.out == "The rooms are as the region file says; nothing to do.\n"
    assert {*arrived} == {(key, after[key]) for key in FORUMS}
    assert len(arrived) == len(FORUMS)
    assert all(before[key] != after[key] for key in ("forum:TOP", "forum:GROUP"))


async def test_a_space_that_was_deleted_is_made_anew_and_its_rooms_follow(site: Site) -> None:
    await site.begins()
    async with site.runs() as house:
        before = await ids(house)
        await site.deletes(before["space"])
        await house.inspection.look()
        await site.told(site.operator, "The rooms are not as the region file says")
    plan, apply, again = [await site.types(it) for it in ("plan", "apply", "plan")]
    async with site.runs() as house:
        after = await ids(house)

    assert plan.out.startswith(
        "+ Mini: the room is there no longer, or I am shut out of it; a new one is made.\n"
    )
    assert (plan.code, apply.code) == (0, 0)
    assert again.out == "The rooms are as the region file says; nothing to do.\n"
    assert before["space"] != after["space"]
    rule = await site.read(after["forum:TOP"], "m.room.join_rules")
    assert [it["room_id"] for it in rule["allow"]] == [after["space"]]
    assert await site.read(after["space"], "m.space.child", after["level:upper"])
    assert await site.read(after["level:upper"], "m.space.parent", after["space"])


async def test_a_forged_encryption_is_told_of_and_set_right_and_nothing_is_said_in_clear(
    site: Site,
) -> None:
    await site.begins()
    async with site.runs() as house:
        before = await ids(house)
        forged = {"algorithm": "org.example.forged"}
        await site.state(before["forum:TOP"], "m.room.encryption", forged)
        await site.state(before["forum:WEEK"], "m.room.encryption", {})
        await site.told(site.operator, "The top (TOP): somebody has changed the room's enc")
        await site.told(
            site.operator, "The week (WEEK): somebody has changed the room's encryption"
        )
        await site.told(site.chair, "Write nothing in the room until it is mended")
        await writes(house, "after")
        await site.arrived("after")
    plan, apply, again = [await site.types(it) for it in ("plan", "apply", "plan")]

    for it in site.delivered:
        path = f"{CLIENT}/rooms/{quote(it.room_id)}/event/{quote(it.event_id)}"
        assert (await site.other.call("GET", path))["type"] == "m.room.encrypted"
    assert plan.out.count("encryption") == 2
    assert (plan.code, apply.code) == (0, 0)
    assert again.out == "The rooms are as the region file says; nothing to do.\n"
    for key in ("forum:TOP", "forum:WEEK"):
        state = await site.read(before[key], "m.room.encryption")
        assert state["algorithm"] == "m.megolm.v1.aes-sha2"


async def test_power_that_was_lost_is_told_of_and_what_only_a_person_can_mend_is_said(
    site: Site,
) -> None:
    site.file.write_text(f'{site.file.read_text()}room_version: "11"\n')
    await site.begins()
    async with site.runs() as house:
        before = await ids(house)
        room_id = before["forum:TOP"]
        levels = await site.read(room_id, "m.room.power_levels")
        events = {kind: max(50, level) for kind, level in levels["events"].items()}
        silent = {"users": {}, "events": events, "events_default": 50}
        await site.state(room_id, "m.room.power_levels", {**levels, **silent})
        await site.told(site.operator, "The top (TOP): I have less power in the room")
        await site.told(site.chair, "The top (TOP): I have less power in the room than before")
        await writes(house, "after")
        await site.told(site.operator, "The top (TOP): I may no longer write in the room")
        await site.told(site.chair, "The top (TOP): I may no longer write in the room")
        waited = {place for place, _ in await site.arrived("after")}
    await site.state(before["forum:WEEK"], "m.room.topic", {"topic": "Lunch"})
    plan, apply, again = [await site.types(it) for it in ("plan", "apply", "plan")]
    await site.deletes(room_id)
    mended, empty = await site.types("apply"), await site.types("plan")
    async with site.runs() as house:
        after = (await ids(house))["forum:TOP"]
        async with asyncio.timeout(PATIENCE):
            while ("forum:TOP", after) not in await site.arrived("after"):
                pass

    assert "forum:TOP" not in waited
    beyond = (
        "! The top (TOP): something has been changed that I have not the power to change back; "
        "I have 0 and need 100."
    )
    assert plan.out.splitlines() == [
        beyond,
        "~ The week (WEEK): different from the region file is the topic.",
        "1 steps. Next: samverkan apply",
    ]
    assert apply.out.splitlines() == [beyond, "1 steps done. Next: samverkan run"]
    assert again.out == f"{beyond}\n"
    assert "Next: let somebody with power 100 there give it back to @bot-" in again.err
    assert (plan.code, apply.code, again.code) == (1, 1, 1)
    assert (mended.code, empty.code) == (0, 0)
    assert empty.out == "The rooms are as the region file says; nothing to do.\n"


async def test_kicked_it_goes_in_again_banned_it_makes_the_room_anew_and_what_waited_arrives(
    site: Site, homeserver: Homeserver
) -> None:
    """Only where a creator has no power of its own (room version 11) can anybody do that."""
    site.file.write_text(f'{site.file.read_text()}room_version: "11"\n')
    await site.begins()
    chair = Wire(homeserver.url, site.chair.access_token)
    async with site.runs() as house:
        before = await ids(house)
        for key, done in (("forum:TOP", "kick"), ("forum:GROUP", "ban")):
            await joins(chair, before[key])
            await shows_its_picture(site, before[key])
            await hands_power_over(site, before[key])
            path = f"{CLIENT}/rooms/{quote(before[key])}"
            await chair.call("POST", f"{path}/{done}", {"user_id": site.bot.user_id})
            levels = {"users": {site.bot.user_id: 100}, "events": {}}
            await chair.call("PUT", f"{path}/state/m.room.power_levels/", levels)
        await site.told(site.operator, "The top (TOP): I have been taken out of the room")
        await site.told(site.operator, "A group (GROUP): I have been banned from the room")
        await site.told(site.chair, "A group (GROUP): I have been taken out of the room")
        await writes(house, "after", ("forum:TOP", "forum:GROUP"))
        await asyncio.sleep(1)
    waited = [it for it in site.delivered if it.letter.content.get("plain") == "after"]
    plan, apply, again = [await site.types(it) for it in ("plan", "apply", "plan")]
    async with site.runs() as house:
        after = await ids(house)
        arrived = await site.arrived("after")
        await asyncio.sleep(1)
        arrived = await site.arrived("after")
    await chair.close()

    assert waited == []
    assert plan.out.splitlines()[:2] == [
        (
            "+ The top (TOP): I am not in the room; I go in again, and where I am not let in a "
            "new one is made."
        ),
        GONE,
    ]
    assert plan.code == apply.code == again.code == 0
    assert again.out == "The rooms are as the region file says; nothing to do.\n"
    assert before["forum:TOP"] == after["forum:TOP"]
    assert before["forum:GROUP"] != after["forum:GROUP"]
    assert {*arrived} == {(key, after[key]) for key in ("forum:TOP", "forum:GROUP")}
    assert len(arrived) == len({*arrived})


async def shows_its_picture(site: Site, room_id: str) -> None:
    """Wait until the server has told a room of the bot's picture: it lets it in anew for that."""
    async with asyncio.timeout(PATIENCE):
        while True:
            if "avatar_url" in await site.read(room_id, "m.room.member", site.bot.user_id):
                return
            await asyncio.sleep(0.1)


async def hands_power_over(site: Site, room_id: str) -> None:
    """Let the chair have the bot's power in a room, and the bot none."""
    levels = await site.read(room_id, "m.room.power_levels")
    await site.state(room_id, "m.room.power_levels", {**levels, "users": {site.chair.user_id: 100}})


@pytest_asyncio.fixture(loop_scope="session")
async def person(site: Site, homeserver: Homeserver) -> AsyncIterator[Wire]:
    """Let the chair go into the forum's room and open a direct room with the bot, all in clear."""
    site.file.write_text(site.file.read_text().replace("encrypted: true", "encrypted: false"))
    await site.begins()
    wire = Wire(homeserver.url, site.chair.access_token)
    yield wire
    await wire.close()


async def joins(person: Wire, room_id: str) -> None:
    """Go in as soon as one is asked."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                await person.call("POST", f"{CLIENT}/join/{quote(room_id)}", {}, patience=0)
            except MatrixRefusal:
                await asyncio.sleep(0.1)
            else:
                return


async def says(person: Wire, room_id: str, words: str, transaction: str = "") -> str:
    txn = transaction or secrets.token_hex(8)
    path = f"{CLIENT}/rooms/{quote(room_id)}/send/m.room.message/{txn}"
    said = await person.call("PUT", path, {"msgtype": "m.text", "body": words})
    return str(said["event_id"])


async def chats(person: Wire, room_id: str, number: int) -> None:
    """Say that many things that are nothing to the bot."""
    for first in range(0, number, 20):
        await asyncio.gather(*(
            says(person, room_id, f"chat {it}") for it in range(first, min(first + 20, number))
        ))  # fmt: skip


async def taps(person: Wire, room_id: str, target: str) -> None:
    content = {"m.relates_to": {"rel_type": "m.annotation", "event_id": target, "key": "✅"}}
    path = f"{CLIENT}/rooms/{quote(room_id)}/send/m.reaction/{secrets.token_hex(8)}"
    await person.call("PUT", path, content)


async def test_back_after_many_messages_it_counts_what_was_owed_and_does_nothing_unasked(
    site: Site, person: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gaps, "PAGE", max(40, AWAY // 40))
    fresh, heard = ageing.FRESH, list[str]()
    async with site.runs() as house:
        top = (await ids(house))["forum:TOP"]
        await joins(person, top)
        meets = house.clock.now() + timedelta(days=1)
        await says(person, top, f"!convene TOP {meets:%Y-%m-%dT%H:%M} The bridge")
        async with asyncio.timeout(PATIENCE):
            while not (tap := [it for it in site.delivered if it.letter.kind == "tap"]):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    (call,) = [it for it in site.delivered if it.letter.id == tap[0].letter.target]
    asked = await says(person, top, "!help", "the-same")
    assert await says(person, top, "!help", "the-same") == asked
    await chats(person, top, AWAY // 2)
    await taps(person, top, call.event_id)
    await says(person, top, "!who TOP")
    await chats(person, top, AWAY - AWAY // 2)
    before = len(site.delivered)

    def hears(sync: Mapping[str, Any]) -> None:
        timeline = sync.get("rooms", {}).get("join", {}).get(top, {}).get("timeline", {})
        heard.extend(it["event_id"] for it in timeline.get("events", ()))

    monkeypatch.setattr(ageing, "FRESH", timedelta(seconds=1))
    await asyncio.sleep(1)
    began = time.monotonic()
    async with site.runs(hears) as house:
        told = await site.told(site.chair, "reached me only now")
        seconds = time.monotonic() - began
        monkeypatch.setattr(ageing, "FRESH", fresh)
        async with house.store.read() as session:
            (state,) = await session.exec(select(Call.state))
        await says(person, top, "!help")
        async with asyncio.timeout(PATIENCE):
            while not _in(site.delivered[before:], "forum:TOP", "This is what you can do"):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    print(f"{AWAY} messages in {seconds:.1f} s")  # noqa: T201 - asked for by who measures

    listed = await person.call(
        "GET", f"{CLIENT}/rooms/{quote(top)}/messages", query={"dir": "b", "limit": "1000"}
    )
    order = [it["event_id"] for it in listed["chunk"]][::-1]
    assert len(heard) == len(set(heard)) >= AWAY + 3
    assert [it for it in heard if it in set(order)] == [it for it in order if it in set(heard)]
    assert told.startswith("“!who TOP” from ")
    assert " and one thing more of yours reached me only now. I have done none of it." in told
    assert (
        len(_in(site.delivered[before:], f"direct:{site.chair.user_id}", "reached me only now"))
        == 1
    )
    assert state == CallState.ACKNOWLEDGED
    assert len(_in(site.delivered[before:], "forum:TOP", "This is what you can do")) == 1


async def test_who_asks_the_bot_in_again_replays_nothing(site: Site, person: Wire) -> None:
    direct = f"direct:{site.chair.user_id}"
    wanted = {"preset": "trusted_private_chat", "is_direct": True, "invite": [site.bot.user_id]}
    async with site.runs():
        made = await person.call("POST", f"{CLIENT}/createRoom", wanted)
        room = str(made["room_id"])
        await inside(person, room, site.bot)
        await says(person, room, "help")
        async with asyncio.timeout(PATIENCE):
            while not _in(site.delivered, direct, "This is what you can do"):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        await site.other.call("POST", f"{CLIENT}/rooms/{quote(room)}/leave", {})
        for _ in range(3):
            await says(person, room, "help")
        asked = {"user_id": site.bot.user_id}
        await person.call("POST", f"{CLIENT}/rooms/{quote(room)}/invite", asked)
        await inside(person, room, site.bot)
        await says(person, room, "no word of mine")
        async with asyncio.timeout(PATIENCE):
            while not _in(site.delivered, direct, "I know no word"):  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    assert len(_in(site.delivered, direct, "This is what you can do")) == 1


async def inside(person: Wire, room_id: str, who: Account) -> None:
    """Wait until somebody is in a room."""
    path = f"{CLIENT}/rooms/{quote(room_id)}/joined_members"
    async with asyncio.timeout(PATIENCE):
        while who.user_id not in (await person.call("GET", path))["joined"]:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


def _in(delivered: list[Delivery], place: str, words: str) -> list[Delivery]:
    """List what was said in a place with those words in it."""
    return [
        it for it in delivered
        if it.letter.place == place and words in str(it.letter.content.get("plain"))
    ]  # fmt: skip
