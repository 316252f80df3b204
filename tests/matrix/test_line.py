"""The line in: all that was said is heard, before time says that somebody was silent."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from bot.dispatch.desk import Desk
from bot.domain.incoming import Echoed, Incoming, Said
from bot.domain.model import Agreement, AgreementState, Letter, Room
from bot.matrix.directs import Directs
from bot.matrix.ears import Ears
from bot.matrix.envelope import MARK
from bot.matrix.keyring import Keyring
from bot.matrix.line import SINCE, Line
from bot.matrix.wire import MatrixRefusal, Unreachable, Wire
from bot.store import kept
from bot.store.engine import Store

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ME = "@samverkan:here"


class Server:
    """Gives the answers laid in, one for each question; then it says nothing for ever."""

    def __init__(self, *answers: dict[str, Any] | Exception) -> None:
        self.answers = deque(answers)
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.silent = asyncio.Event()
        self.looks: Callable[[], None] = lambda: None

    async def rest(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def call(
        self, _method: str, path: str, query: dict[str, str], **_how: float
    ) -> dict[str, Any]:
        self.asked.append((path, query))
        self.looks()
        if not self.answers:
            self.silent.set()
            await asyncio.Event().wait()
        answer = self.answers.popleft()
        if isinstance(answer, Exception):
            raise answer
        return answer


class NoKeys:
    """A keyring in a house without encryption."""

    is_asking = False

    def hear(self, _sync: Mapping[str, Any]) -> None:
        """Take in nothing."""

    def meet(self, _sync: Mapping[str, Any]) -> None:
        """Know nobody."""

    async def publish(self, _wire: Wire) -> None:
        """Have nothing to publish."""


@dataclass
class Listener:
    """A desk that only listens."""

    heard: list[Incoming] = field(default_factory=list)

    async def hear(self, _session: object, events: Sequence[Incoming], _now: datetime) -> None:
        self.heard += events


def line_to(server: Server, store: Store, desk: Listener) -> Line:
    wire, keyring = cast("Wire", server), cast("Keyring", NoKeys())
    directs = Directs(store, wire, ME, "x", encrypted=False, now=lambda: NOW)
    ears = Ears(ME, (), keyring, lambda: NOW)
    return Line(
        wire, keyring, ears, store, cast("Desk", desk), directs, lambda: NOW, lambda *_: None
    )


async def while_it_runs(line: Line, until: Callable[[], Awaitable[object]]) -> None:
    """Let the line run until something has come true."""
    work = asyncio.create_task(line.run())
    try:
        async with asyncio.timeout(10):
            await until()
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


def said(body: str) -> dict[str, Any]:
    return {
        "type": "m.room.message", "event_id": f"${body}", "sender": "@a:here",
        "origin_server_ts": 0, "content": {"msgtype": "m.text", "body": body},
    }  # fmt: skip


def answer(number: int, **timeline: object) -> dict[str, Any]:
    return {"next_batch": f"s{number}", "rooms": {"join": {"!vsk": {"timeline": timeline}}}}


async def test_what_an_answer_leaves_out_is_fetched_and_heard_in_order(store: Store) -> None:
    async with store.begin() as session:
        await kept.put(session, SINCE, "s0")
    limited = answer(1, limited=True, prev_batch="p2", events=[said("4")])
    first_page = {"chunk": [said("3"), said("2")], "end": "p1"}
    server = Server(limited, first_page, {"chunk": [said("1")]})
    desk = Listener()
    line = line_to(server, store, desk)

    await while_it_runs(line, line.caught_up.wait)

    assert [each.body for each in desk.heard if isinstance(each, Said)] == ["1", "2", "3", "4"]
    assert [(q["from"], q["to"]) for _, q in server.asked[1:3]] == [("p2", "s0"), ("p1", "s0")]


async def test_a_gap_that_cannot_be_filled_just_now_is_asked_about_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.matrix.line.random.uniform", lambda *_: 0.0)
    async with store.begin() as session:
        await kept.put(session, SINCE, "s0")
    limited = answer(1, limited=True, prev_batch="p1", events=[said("2")])
    server = Server(limited, Unreachable("away"), limited, {"chunk": [said("1")]})
    desk = Listener()
    line = line_to(server, store, desk)

    await while_it_runs(line, line.caught_up.wait)

    assert [each.body for each in desk.heard if isinstance(each, Said)] == ["1", "2"]


async def test_nobody_is_silent_until_all_that_the_server_has_is_read(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.matrix.line.random.uniform", lambda *_: 0.0)
    server = Server(answer(1), Unreachable("away"), answer(2))
    line = line_to(server, store, Listener())
    caught_up: list[bool] = []
    server.looks = lambda: caught_up.append(line.caught_up.is_set())

    await while_it_runs(line, server.silent.wait)

    assert caught_up == [False, True, False, True]
    assert [query["timeout"] for _, query in server.asked] == ["0", "30000", "0", "30000"]


async def test_a_letter_is_known_by_its_mark_when_the_server_has_forgotten_its_number(
    store: Store,
) -> None:
    async with store.begin() as session:
        await kept.put(session, SINCE, "s0")
    own, forged = said("own") | {"sender": ME}, said("forged")
    for event in (own, forged):
        event["content"] |= {MARK: {"letter": f"letter of {event['event_id']}"}}
    desk = Listener()
    line = line_to(Server(answer(1, events=[own, forged])), store, desk)

    await while_it_runs(line, line.caught_up.wait)

    assert [it.letter for it in desk.heard if isinstance(it, Echoed)] == ["letter of $own"]


@pytest.mark.parametrize("pages", [0, 1], ids=["a room that will not tell", "too much of it"])
async def test_the_votes_in_an_open_poll_are_asked_for_where_the_gap_is_too_wide(
    store: Store, monkeypatch: pytest.MonkeyPatch, pages: int
) -> None:
    monkeypatch.setattr("bot.matrix.gaps.MOST_PAGES", 1)
    async with store.begin() as session:
        await kept.put(session, SINCE, "s0")
        for number, state in ((1, AgreementState.PROPOSED), (2, AgreementState.AGREED)):
            session.add(proposal(f"OV-{number}", state))
            session.add(poll(f"OV-{number}"))
        session.add(Room(key="forum:VSK", room_id="!vsk", made_at=NOW))
    refused = MatrixRefusal(403, "M_FORBIDDEN", "")
    page = {"chunk": [said("4")], "end": "p1"} if pages else refused
    server = Server(
        answer(1, limited=True, prev_batch="p2", events=[said("5")]),
        page,
        {"chunk": [said("5"), said("3")], "next_batch": "r1"},
        {"chunk": [said("2")]},
    )
    desk = Listener()
    line = line_to(server, store, desk)

    await while_it_runs(line, line.caught_up.wait)

    heard = [each.body for each in desk.heard if isinstance(each, Said)]
    assert heard == ["2", "3", *(["4"] if pages else []), "5"]
    relations = "/_matrix/client/v1/rooms/%21vsk/relations/%24OV-1/m.reference"
    assert [(path, query.get("from")) for path, query in server.asked[2:4]] == [
        (relations, None), (relations, "r1"),
    ]  # fmt: skip


async def test_nothing_closes_while_a_gap_is_still_being_filled(store: Store) -> None:
    async with store.begin() as session:
        await kept.put(session, SINCE, "s0")
    limited = answer(2, limited=True, prev_batch="p1", events=[said("2")])
    server = Server(answer(1), limited, {"chunk": [said("1")]})
    line = line_to(server, store, Listener())
    caught_up: list[bool] = []
    server.looks = lambda: caught_up.append(line.caught_up.is_set())

    await while_it_runs(line, server.silent.wait)

    assert caught_up == [False, True, False, True]


def proposal(id_: str, state: AgreementState) -> Agreement:
    return Agreement(
        id=id_, forum="VSK", kind="tid", text="", why="", proposed_by="@a:here",
        proposed_as="lst.TIB", proposed_at=NOW, closes_at=NOW, state=state,
    )  # fmt: skip


def poll(id_: str) -> Letter:
    return Letter(
        id=id_, place="forum:VSK", kind="poll", content={}, subject=f"agreement:{id_}",
        written_at=NOW, sent_at=NOW, event_id=f"${id_}",
    )  # fmt: skip
