"""Invitations: followed where the bot has business, declined with the reason where it has none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from sqlmodel import select

from bot.dispatch.post import Post
from bot.domain.answer import Facts
from bot.domain.model import Holding, Invitation, Letter, Room
from bot.matrix import doorman as doorman_
from bot.matrix.directs import Directs
from bot.matrix.doorman import Doorman
from bot.matrix.ears import Ears
from bot.matrix.keyring import Keyring
from bot.matrix.wire import MatrixRefusal, Wire
from bot.store import invitations, rooms
from bot.store.engine import Store
from bot.text.phrasebook import Phrasebook
from config.region import load_region

HOUSE = Path(__file__).parent.parent.parent
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ME, AMIRA, STRANGER = "@samverkan:here", "@amira.holm:here", "@mallory:elsewhere"
OURS, THEIRS = {"sender": ME}, {"sender": STRANGER}


@dataclass
class Server:
    """A homeserver that notes what it is asked to do, and refuses as often as it is told to."""

    joined: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    refuses: list[MatrixRefusal] = field(default_factory=list)
    entered: list[str] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)

    async def call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        room_id = path.split("/")[-1 if "/join/" in path else -2].replace("%21", "!")
        if path.endswith("/joined_rooms"):
            return {"joined_rooms": [*self.joined]}
        if path.endswith("/state/m.room.encryption"):
            raise MatrixRefusal(404, "M_NOT_FOUND", "Event not found.")
        if method == "POST" and self.refuses:
            raise self.refuses.pop()
        if "/join/" in path:
            self.entered.append(room_id)
        elif path.endswith("/leave"):
            self.left.append((room_id, dict(body or {})["reason"]))
        return {"room_id": room_id}

    async def listing(self, path: str) -> list[Any]:
        room_id = path.split("/")[-2].replace("%21", "!")
        return [{"type": "m.room.create", "state_key": "", "content": {}, **self.joined[room_id]}]


@pytest.fixture
async def store(store: Store) -> Store:
    """Let Amira hold a function."""
    async with store.begin() as session:
        session.add(Holding(function="aa.DUTY", rank=1, mxid=AMIRA, name="Amira", source="test"))
        await rooms.remember(session, Room(key="forum:VSK", room_id="!vsk", made_at=NOW))
    return store


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doorman_, "LEAVES_APART", 0.0)
    monkeypatch.setattr(doorman_, "FIRST_REST", 0.001)


@pytest.fixture(scope="module")
def words() -> Phrasebook:
    region = load_region(HOUSE / "config/example/malarvik.yaml", date(2026, 10, 12))
    return Phrasebook([HOUSE / "config/text"], region)


async def answers(store: Store, server: Server, words: Phrasebook, now: datetime = NOW) -> None:
    """Let a doorman work until nothing waits."""

    def say(name: str, facts: Facts) -> str:
        return words.line(name, facts, "sv", now=now)

    wire = cast("Wire", server)
    directs = Directs(store, wire, ME, "x", encrypted=False, now=lambda: now)
    post = Post(words, "sv")
    doorman = Doorman(store, wire, directs, post, "Malarvik", say, lambda: now, lambda: None)
    work = asyncio.create_task(doorman.run())
    try:
        async with asyncio.timeout(20):
            await answered_all(store, lambda: doorman._looked)
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


async def answered_all(store: Store, looked: Callable[[], bool]) -> None:
    while True:
        async with store.read() as session:
            if looked() and not await invitations.waiting(session):
                return
        await asyncio.sleep(0.005)


async def invited(
    store: Store, *room_ids: str, by: str, direct: bool = False, at: datetime = NOW
) -> None:
    async with store.begin() as session:
        await invitations.note(
            session,
            [Invitation(room_id=it, inviter=by, direct=direct, heard_at=at) for it in room_ids],
        )


async def told(store: Store) -> list[tuple[str, str]]:
    async with store.read() as session:
        written = await session.exec(select(Letter))
        return [(letter.place, letter.content["plain"]) for letter in written]


def test_every_invitation_is_heard_with_who_asks_and_whether_it_is_direct() -> None:
    def asked(**content: object) -> dict[str, Any]:
        content |= {"membership": "invite"}
        member = {"type": "m.room.member", "state_key": ME, "sender": AMIRA, "content": content}
        return {"invite_state": {"events": [member]}}

    invites = {"!d": asked(is_direct=True), "!g": asked(), "!broken": {"invite_state": 7}}

    batch = Ears(ME, (), cast("Keyring", None), lambda: NOW).read(
        {"rooms": {"invite": invites}}, first=False
    )

    assert batch.invites == (("!d", AMIRA, True), ("!g", AMIRA, False))


async def test_a_direct_room_is_gone_into(store: Store, words: Phrasebook) -> None:
    await invited(store, "!d", by=AMIRA, direct=True)
    server = Server()

    await answers(store, server, words)

    assert (server.entered, server.left) == (["!d"], [])
    async with store.read() as session:
        assert await rooms.key_of(session, "!d") == f"direct:{AMIRA}"


async def test_an_invitation_that_fails_is_followed_until_it_works(
    store: Store, words: Phrasebook
) -> None:
    await invited(store, "!d", by=AMIRA, direct=True)
    server = Server(refuses=[MatrixRefusal(403, "M_FORBIDDEN", "not invited yet")] * 6)

    await answers(store, server, words)

    assert server.entered == ["!d"]


async def test_an_invitation_that_never_works_is_let_go_after_a_day(
    store: Store, words: Phrasebook
) -> None:
    await invited(store, "!d", by=AMIRA, direct=True, at=NOW - timedelta(hours=25))
    server = Server(refuses=[MatrixRefusal(403, "M_FORBIDDEN", "withdrawn")] * 3)

    await answers(store, server, words)

    assert (server.entered, len(server.refuses)) == ([], 2)


async def test_who_has_a_function_is_told_once_a_day_why_it_does_not_come(
    store: Store, words: Phrasebook
) -> None:
    await invited(store, "!one", "!two", by=AMIRA)
    server = Server()
    await answers(store, server, words)
    await invited(store, "!three", by=AMIRA)
    await answers(store, server, words, NOW + timedelta(hours=23))
    before = len(await told(store))
    await invited(store, "!four", by=AMIRA)
    await answers(store, server, words, NOW + timedelta(hours=25))

    said = await told(store)

    assert [room_id for room_id, _ in server.left] == ["!one", "!two", "!three", "!four"]
    assert server.left[0][1].startswith("Jag är samverkansroboten i Malarvik")
    assert (before, len(said)) == (1, 2)
    assert said[0][0] == f"direct:{AMIRA}"
    assert said[0][1].startswith("Jag kom inte till rummet som du bjöd in mig till")


async def test_a_stranger_who_invites_by_the_hundred_gets_no_room_and_no_letter(
    store: Store, words: Phrasebook
) -> None:
    many = [f"!{number}" for number in range(150)]
    await invited(store, *many, by=STRANGER)
    await invited(store, "!d", by=AMIRA, direct=True)
    server = Server()

    await answers(store, server, words)

    assert sorted(room_id for room_id, _ in server.left) == sorted(many)
    assert server.entered == ["!d"]
    assert await told(store) == []


async def test_a_stranger_gets_a_few_direct_rooms_and_no_more(
    store: Store, words: Phrasebook
) -> None:
    await invited(store, *(f"!{number}" for number in range(1, 6)), by=STRANGER, direct=True)
    server = Server()

    await answers(store, server, words)

    assert server.entered == ["!1", "!2", "!3"]
    assert [room_id for room_id, _ in server.left] == ["!4", "!5"]
    assert server.left[0][1] == "Vi har redan ett direktrum. Skriv till mig där."


async def test_at_its_start_it_leaves_what_is_not_its_own_and_nothing_that_is(
    store: Store, words: Phrasebook
) -> None:
    server = Server({"!vsk": THEIRS, "!made": OURS, "!other": THEIRS})

    await answers(store, server, words)

    assert [room_id for room_id, _ in server.left] == ["!other"]


async def test_a_known_room_that_asks_the_bot_back_has_it_back(
    store: Store, words: Phrasebook
) -> None:
    await invited(store, "!vsk", by=STRANGER)
    server = Server()

    await answers(store, server, words)

    assert (server.entered, server.left) == (["!vsk"], [])
    async with store.read() as session:
        assert await rooms.key_of(session, "!vsk") == "forum:VSK"
