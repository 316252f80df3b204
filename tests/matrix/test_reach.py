"""Only what our homeserver says of another makes that one silent: nothing else does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import cast

import pytest
import pytest_asyncio

from bot.domain.model import Agreement, Concerned, Holding, Outage
from bot.matrix.keyring import Keyring
from bot.matrix.reach import Reach
from bot.matrix.wire import Wire
from bot.store import agreements, deadlines, servers
from bot.store.engine import Store
from tests.matrix.test_wire import Answer, Server, says, server

__all__ = ["server"]  # a fixture

NOW = datetime(2026, 11, 23, 2, 12, tzinfo=UTC)
ADA = "@ada:there.example"
SILENT = '{"errcode": "M_UNKNOWN", "error": "Failed to fetch profile"}'


class NoKeys:
    """A keyring that owes nobody anything."""

    returned_to: tuple[str, ...] = ()

    def returned(self, server: str) -> None:
        self.returned_to += (server,)

    async def make_good(self, _wire: Wire) -> bool:
        return False


@pytest_asyncio.fixture
async def reach(server: Server, store: Store) -> AsyncIterator[Reach]:
    """Wait for the position of somebody who lives elsewhere."""
    held = Holding(function="aa.DUTY", rank=1, mxid=ADA, name="Ada", source="test")
    proposed = Agreement(
        id="OV-2026-001", forum="WEEK", kind="timing", text="", why="", proposed_by="@kim:here",
        proposed_as="bb.BOSS", proposed_at=NOW, closes_at=NOW, state="proposed",
    )  # fmt: skip
    async with store.begin() as session:
        session.add_all([held, proposed, Concerned(agreement=proposed.id, function=held.function)])
    wire = Wire(server.url, "token", longest_wait=0.1)
    keys = cast("Keyring", NoKeys())
    yield Reach(store, wire, keys, "@samverkan:here", lambda: NOW, lambda: None, lambda _: None)
    await wire.close()


async def known(store: Store) -> list[Outage]:
    async with store.read() as session:
        return await servers.silences(session, NOW)


async def test_a_server_that_ours_gets_no_answer_from_is_silent_until_it_answers(
    server: Server,
    reach: Reach,
    store: Store,
) -> None:
    server.answers = [says(502, SILENT)]
    await reach.look()
    (silent,) = await known(store)

    server.answers = [says(200, '{"displayname": "Ada"}')]
    await reach.look()
    (over,) = await known(store)

    assert (silent.server, silent.since, silent.until) == ("there.example", NOW, None)
    assert over.until == NOW
    async with store.read() as session:
        assert await deadlines.waiting(session, "server.changed", "there.example") == NOW


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(says(502, "<h1>Bad Gateway</h1>"), id="a proxy before ours"),
        pytest.param(says(500, SILENT), id="a fault of ours"),
        pytest.param(says(404, '{"errcode": "M_NOT_FOUND"}'), id="nobody of that name"),
        pytest.param(says(403, '{"errcode": "M_FORBIDDEN"}'), id="it tells nothing"),
        pytest.param(says(429, '{"errcode": "M_LIMIT_EXCEEDED"}'), id="ours is busy"),
    ],
)
async def test_nothing_else_makes_it_silent(
    answer: Answer,
    server: Server,
    reach: Reach,
    store: Store,
) -> None:
    server.answers = [answer]

    await reach.look()

    assert await known(store) == []
    assert any("profile" in path for path in server.asked)


async def test_while_nobody_elsewhere_is_asked_anything_no_server_is_asked(
    server: Server,
    reach: Reach,
    store: Store,
) -> None:
    async with store.begin() as session:
        for each in await agreements.proposed(session):
            each.state = "agreed"

    again = await reach.look()

    assert (again, server.asked) == (False, [])
