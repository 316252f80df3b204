"""What the bot could do without, and people would rather not: reading, writing, name and marks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from bot.domain.incoming import Echoed, Event, Said
from bot.domain.model import Room
from bot.matrix import manners as manners_
from bot.matrix.directs import Directs
from bot.matrix.manners import Manners
from bot.matrix.marks import Marks
from bot.matrix.profile import Profile
from bot.matrix.wire import Blob, MatrixRefusal, Unreachable, Wire
from bot.store import rooms
from bot.store.engine import Store

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ME, AMIRA, BO = "@samverkan:here", "@amira:here", "@bo:here"


@dataclass
class Server:
    """A homeserver that keeps what it is given under its path, and tells what it was asked."""

    kept: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    broken: bool = False
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, **_how: float
    ) -> dict[str, Any]:
        path = path.replace("%40", "@").replace("%3A", ":").replace("%21", "!")
        self.asked.append((method, path.removeprefix("/_matrix/client/v3"), body))
        self.changed.set()
        if self.broken:
            raise Unreachable(path)
        if method == "GET":
            if path not in self.kept:
                raise MatrixRefusal(404, "M_NOT_FOUND", "nothing is kept there")
            return self.kept[path]
        if path.startswith("/_matrix/client/v3/profile/"):
            whole, _, _ = path.rpartition("/")
            self.kept[whole] = self.kept.get(whole, {}) | dict(body or {})
        else:
            self.kept[path] = dict(body or {})
        return {}

    async def hand_in(self, path: str, file: Blob) -> dict[str, Any]:
        self.asked.append(("POST", path, file.kind))
        return {"content_uri": f"mxc://here/{len(self.asked)}"}

    def written(self) -> list[tuple[str, str, Any]]:
        return [each for each in self.asked if each[0] != "GET"]

    async def until(self, true: Callable[[], object]) -> None:
        async with asyncio.timeout(10):
            while not true():
                await self.changed.wait()
                self.changed.clear()


def said(number: int, room: str = "!vsk") -> Said:
    return Said(f"${number}", room, AMIRA, NOW, body="!vem")


@asynccontextmanager
async def manners(server: Server) -> AsyncIterator[Manners]:
    working = Manners(cast("Wire", server), ME)
    work = asyncio.create_task(working.run())
    try:
        yield working
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manners_, "READ_SECONDS", 0.05)
    monkeypatch.setattr(manners_, "TYPING_AFTER", 0.05)


async def test_what_was_read_meanwhile_is_marked_with_one_request_a_room() -> None:
    server = Server()

    async with manners(server) as it:
        it.heard([said(number) for number in range(1, 200)], ())
        it.heard([said(200), said(7, "!isf")], ())
        await server.until(lambda: len(server.asked) == 2)

    assert sorted(server.asked) == [
        ("POST", "/rooms/!isf/read_markers", {"m.fully_read": "$7", "m.read": "$7"}),
        ("POST", "/rooms/!vsk/read_markers", {"m.fully_read": "$200", "m.read": "$200"}),
    ]


async def test_its_own_echo_is_nothing_it_has_read() -> None:
    server = Server()

    async with manners(server) as it:
        own: list[Event] = [Echoed("$9", "!vsk", ME, NOW, letter="one")]
        it.heard(own, ())
        it.heard([said(1, "!isf")], ())
        await server.until(lambda: server.asked)

    assert [path for _, path, _ in server.asked] == ["/rooms/!isf/read_markers"]


async def test_a_server_that_takes_no_receipts_stops_none_that_come_after() -> None:
    server = Server(broken=True)

    async with manners(server) as it:
        it.heard([said(1)], ())
        await server.until(lambda: len(server.asked) == 1)
        server.broken = False
        it.heard([said(2)], ())
        await server.until(lambda: len(server.asked) == 2)

    assert server.asked[-1][2] == {"m.fully_read": "$2", "m.read": "$2"}


def typed(server: Server) -> list[bool]:
    return [body["typing"] for _, path, body in server.asked if "/typing/" in path]


async def test_an_answer_that_takes_long_shows_as_being_written_until_it_is_there() -> None:
    server = Server()

    async with manners(server) as it:
        it.heard([said(1)], {"$1"})
        await server.until(lambda: typed(server) == [True])
        it.said("!vsk", "$1")
        await server.until(lambda: typed(server) == [True, False])


async def test_an_answer_that_comes_at_once_costs_no_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(manners_, "READ_SECONDS", 0.3)  # comes after every timer of this test
    server = Server()

    async with manners(server) as it:
        it.heard([said(1), said(2)], {"$1"})
        it.said("!vsk", "$1")
        await server.until(lambda: server.asked)

    assert typed(server) == []
    assert it._waiting == {}


async def test_only_the_slow_one_of_two_rooms_shows_as_being_written_in() -> None:
    server = Server()

    async with manners(server) as it:
        it.heard([said(1), said(2, "!isf")], {"$1", "$2"})
        it.said("!vsk", "$1")
        await server.until(lambda: typed(server) == [True])

    assert next(p for _, p, _ in server.asked if "typing" in p) == f"/rooms/!isf/typing/{ME}"


async def test_when_the_house_closes_nothing_more_is_asked_for_what_it_was_writing() -> None:
    server = Server()

    async with manners(server) as it:
        it.heard([said(1)], ["$1"])
        await server.until(lambda: typed(server))
    await asyncio.sleep(0.1)

    assert typed(server) == [True], "it lapses by itself"


async def test_something_said_unasked_ends_the_writing_too() -> None:
    server = Server()

    async with manners(server) as it:
        it.heard([said(1)], {"$1"})
        await server.until(lambda: typed(server) == [True])
        it.said("!vsk", None)
        await server.until(lambda: typed(server) == [True, False])


MARKED = f"/_matrix/client/v3/user/{ME}/account_data/m.direct"


async def marked(store: Store, server: Server) -> None:
    wire = cast("Wire", server)
    directs = Directs(store, wire, ME, "x", encrypted=False, now=lambda: NOW)
    await Marks(store, wire, directs).keep()


async def direct_rooms(store: Store, **them: str) -> None:
    async with store.begin() as session:
        await rooms.remember(session, Room(key="forum:VSK", room_id="!vsk", made_at=NOW))
        for name, room_id in them.items():
            key = f"direct:@{name}:here"
            await rooms.remember(session, Room(key=key, room_id=room_id, made_at=NOW))


async def test_direct_rooms_are_marked_and_what_was_marked_before_stays(store: Store) -> None:
    await direct_rooms(store, amira="!a", bo="!b")
    server = Server({MARKED: {AMIRA: ["!old"], "@cia:here": ["!c"]}})

    await marked(store, server)

    assert server.kept[MARKED] == {AMIRA: ["!a", "!old"], BO: ["!b"], "@cia:here": ["!c"]}


async def test_direct_rooms_that_are_marked_are_not_marked_again(store: Store) -> None:
    await direct_rooms(store, amira="!a")
    server = Server()

    await marked(store, server)
    await marked(store, server)

    assert [method for method, _, _ in server.asked] == ["GET", "PUT", "GET"]


async def test_marks_that_are_no_marks_are_mended(store: Store) -> None:
    await direct_rooms(store, amira="!a")
    server = Server({MARKED: {AMIRA: "!a"}})

    await marked(store, server)

    assert server.kept[MARKED] == {AMIRA: ["!a"]}


SHOWN = f"/_matrix/client/v3/profile/{ME}"


async def shows(store: Store, server: Server, name: str = "Samverkan", drawn: bytes = b"1") -> None:
    async def draw() -> bytes:
        return drawn

    await Profile(store, cast("Wire", server), ME, name, draw).keep()


async def test_name_and_picture_are_set_once(store: Store) -> None:
    server = Server()

    await shows(store, server)
    first = server.written()
    await shows(store, server)

    assert [path for _, path, _ in first] == [
        f"/profile/{ME}/displayname", "/_matrix/media/v3/upload", f"/profile/{ME}/avatar_url",
    ]  # fmt: skip
    assert server.written() == first
    assert server.kept[SHOWN] == {"displayname": "Samverkan", "avatar_url": "mxc://here/3"}


async def test_a_new_drawing_takes_the_place_of_the_old_one(store: Store) -> None:
    server = Server()
    await shows(store, server)
    before = server.kept[SHOWN]["avatar_url"]

    await shows(store, server, drawn=b"2")

    assert server.kept[SHOWN]["avatar_url"] != before


async def test_a_picture_somebody_chose_by_hand_stays(store: Store) -> None:
    server = Server({SHOWN: {"displayname": "Samverkan", "avatar_url": "mxc://here/chosen"}})

    await shows(store, server)

    assert server.written() == []


async def test_a_new_name_is_shown(store: Store) -> None:
    server = Server()
    await shows(store, server)

    await shows(store, server, name="Samverkan övning")

    assert server.kept[SHOWN]["displayname"] == "Samverkan övning"
