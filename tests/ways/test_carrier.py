"""Dispatches carried: retried while it is certain, never twice when it is not, killed anywhere."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from bot.domain.model import Dispatch, DispatchState
from bot.domain.region import WayKind
from bot.store import deadlines, dispatches, log
from bot.store.engine import Store
from bot.ways.carrier import Carrier
from bot.ways.mail import Mail, MailServer
from bot.ways.outcome import DELIVERED, Begun, Outcome, later
from tests.ways.conftest import NOW, Post, Posts, dispatch

UNKNOWN_HOOK = Outcome(DispatchState.UNKNOWN, "cut", again=True)


@dataclass
class Scripted:
    """A way that says what it is told to say, after having begun."""

    says: list[Outcome] = field(default_factory=list)
    carried: list[str] = field(default_factory=list)

    async def carry(self, dispatch: Dispatch, begun: Begun) -> Outcome:
        self.carried.append(dispatch.id)
        await begun()
        return self.says.pop(0) if self.says else DELIVERED

    async def close(self) -> None:
        self.carried.append("closed")


async def lay(store: Store, *rows: Dispatch) -> None:
    async with store.begin() as session:
        for row in rows:
            await dispatches.write(session, row)


async def states(store: Store) -> list[str]:
    async with store.read() as session:
        return [row.state for row in await dispatches.of(session, "KA-2026-088")]


@asynccontextmanager
async def carrying(store: Store, way: Scripted | Mail) -> AsyncIterator[Carrier]:
    """Let a carrier run, and be killed at the end."""
    ways = {WayKind.EMAIL: way, WayKind.WEBHOOK: way}
    carrier = Carrier(store, ways, lambda: NOW, lambda: None, first_rest=0.01)
    running = asyncio.create_task(carrier.run())
    try:
        yield carrier
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 - what is waited for happens in a server, or a database
            await asyncio.sleep(0.01)


async def settled(store: Store, *expected: str) -> None:
    async with asyncio.timeout(10):
        while await states(store) != list(expected):  # noqa: ASYNC110 - the same
            await asyncio.sleep(0.01)


def mail_to(post: Post) -> Mail:
    return Mail(MailServer("localhost", post.port, "samverkan@malarvik.example", "none"))


async def test_one_person_is_told_of_one_summons_once_by_one_way(store: Store) -> None:
    await lay(store, dispatch(1), dispatch(2, mxid="@tib-1:rosvik.example"))
    await lay(store, dispatch(3, mxid="@tib-1:rosvik.example", kind="webhook", address="larm"))

    assert len(await states(store)) == 2


async def test_what_was_certainly_not_taken_is_tried_again(store: Store, posts: Posts) -> None:
    post = await posts.open(Post(says=["451 greylisted", "451 greylisted"]))
    await lay(store, dispatch())

    async with carrying(store, mail_to(post)):
        await settled(store, "delivered")

    assert (post.tried, len(post.taken)) == (3, 1)


async def test_what_is_known_is_recorded_and_the_status_is_to_say_it(store: Store) -> None:
    await lay(store, dispatch())

    async with carrying(store, Scripted()):
        await settled(store, "delivered")

    async with store.read() as session:
        assert await deadlines.waiting(session, dispatches.SUMMONS_TOLD, "KA-2026-088") == NOW
        [entry] = await log.since(session, 0)
    assert (entry.what, entry.function) == ("call.handed_over", "rosvik.TIB")
    assert entry.facts == {"way": "email", "organisation": "rosvik", "why": ""}


async def test_what_is_known_of_a_question_to_a_judge_is_the_incidents(store: Store) -> None:
    await lay(store, dispatch(about="H-2026-031", occasion="judge:1"))

    async with carrying(store, Scripted()):
        async with asyncio.timeout(10):
            while await _told(store, "H-2026-031") is None:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.01)

    async with store.read() as session:
        [entry] = await log.since(session, 0)
    assert (entry.what, entry.subject) == ("incident.handed_over", "H-2026-031")


async def _told(store: Store, incident: str) -> datetime | None:
    async with store.read() as session:
        return await deadlines.waiting(session, dispatches.INCIDENT_TOLD, incident)


async def test_a_mail_that_may_have_arrived_is_never_sent_again(store: Store, posts: Posts) -> None:
    post = await posts.open(Post(cuts=True))
    await lay(store, dispatch())

    async with carrying(store, mail_to(post)):
        await settled(store, "unknown")
    async with carrying(store, mail_to(post)) as again:
        again.wake()
        await asyncio.sleep(0.1)

    assert (len(post.taken), await states(store)) == (1, ["unknown"])


async def test_killed_while_the_server_has_the_message_it_is_unknown_afterwards(
    store: Store, posts: Posts
) -> None:
    post = await posts.open(Post(holds=asyncio.Event()))
    await lay(store, dispatch())

    async with carrying(store, mail_to(post)):
        await until(lambda: post.taken)
    assert await states(store) == ["sending"]
    async with carrying(store, mail_to(post)):
        await settled(store, "unknown")

    assert len(post.taken) == 1
    assert post.holds
    post.holds.set()


async def test_killed_before_the_message_left_it_goes_afterwards(
    store: Store, posts: Posts
) -> None:
    post = await posts.open(Post(says=["451 not yet"] * 3))
    await lay(store, dispatch())

    async with carrying(store, mail_to(post)):
        await until(lambda: post.tried)
    post.says.clear()
    async with carrying(store, mail_to(post)):
        await settled(store, "delivered")

    assert len(post.taken) == 1


async def test_a_webhook_that_may_have_arrived_goes_again_with_its_key(store: Store) -> None:
    way = Scripted([UNKNOWN_HOOK, later("unreachable"), DELIVERED])
    await lay(store, dispatch(kind="webhook", address="larm"))

    async with carrying(store, way):
        await settled(store, "delivered")

    assert way.carried == [f"{1:032x}"] * 3 + ["closed"] * 2


async def test_a_webhook_that_may_have_arrived_stays_unknown_though_a_later_try_did_not(
    store: Store,
) -> None:
    way = Scripted([UNKNOWN_HOOK, later("unreachable"), Outcome(DispatchState.FAILED, "refused")])
    await lay(store, dispatch(kind="webhook", address="larm"))

    async with carrying(store, way):
        await until(lambda: not way.says)
        await asyncio.sleep(0.05)

    assert await states(store) == ["unknown"]


async def test_what_the_meeting_has_gone_past_is_not_sent(store: Store) -> None:
    way = Scripted()
    await lay(store, dispatch(until=NOW - timedelta(minutes=1)))

    async with carrying(store, way):
        await settled(store, "failed")

    assert way.carried == ["closed", "closed"]


async def test_what_is_called_off_is_not_tried_again(store: Store) -> None:
    way = Scripted([later("unreachable")])
    await lay(store, dispatch())

    async with carrying(store, way) as carrier:
        carrier.first_rest = 0.2
        await until(lambda: way.carried)
        async with store.begin() as session:
            await dispatches.let_go(session, "KA-2026-088", NOW)
        await settled(store, "failed")

    assert len(way.carried) == 3  # once, and the two that closed
    async with store.read() as session:
        [row] = await dispatches.of(session, "KA-2026-088")
    assert row.why == "called_off"


async def test_without_a_server_in_the_settings_that_is_said(store: Store) -> None:
    await lay(store, dispatch())

    carrier = Carrier(store, {}, lambda: NOW, lambda: None)
    running = asyncio.create_task(carrier.run())
    await settled(store, "failed")
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running

    async with store.read() as session:
        [row] = await dispatches.of(session, "KA-2026-088")
    assert row.why == "no_address"


@pytest.mark.parametrize("failing", [1, 3])
async def test_one_that_breaks_keeps_no_other_waiting(store: Store, failing: int) -> None:
    class Breaking(Scripted):
        async def carry(self, dispatch: Dispatch, begun: Begun) -> Outcome:
            if dispatch.id == f"{failing:032x}":
                raise ZeroDivisionError
            return await super().carry(dispatch, begun)

    await lay(store, *(dispatch(n) for n in (1, 2, 3)))

    async with carrying(store, Breaking()):
        await settled(store, *("waiting" if n == failing else "delivered" for n in (1, 2, 3)))
