"""`vouch`: the operator says that a new identity is a person's, when nobody else can."""

from __future__ import annotations

import asyncio

from bot.clock.wall import WallClock
from bot.domain.model import Identity
from bot.store import deadlines, identities
from bot.store.engine import Store
from tests.cli.conftest import Operator

KIM = "@kim:example"


async def changed(url: str) -> None:
    store, now = await Store.open(url), WallClock().now()
    async with store.begin() as session:
        session.add(Identity(mxid=KIM, master="old", devices={}, first_seen=now, changed_to="new"))
    await store.close()


async def pinned(url: str) -> tuple[Identity | None, bool]:
    store = await Store.open(url)
    async with store.read() as session:
        found = await identities.get(session, KIM)
        rings = await deadlines.due(session, WallClock().now())
    await store.close()
    return found, [each.kind for each in rings] == [identities.VOUCHED]


def test_the_operator_vouches_at_the_console_and_the_bot_hears_of_it(operator: Operator) -> None:
    url = f"sqlite:///{operator.folder}/data/samverkan.db"
    operator.settings()
    operator.types("migrate")
    asyncio.run(changed(url))

    wrong, right, again = (operator.types("vouch", it) for it in ("@bo:example", KIM, KIM))
    pin, rings = asyncio.run(pinned(url))

    assert (wrong.code, right.code, again.code) == (1, 0, 1)
    assert wrong.err == (
        "@bo:example has no new identity that waits for somebody to vouch; these have: "
        "@kim:example.\nNext: samverkan vouch MXID\n"
    )
    assert right.out == (
        "The new identity of @kim:example counts. "
        "A running bot hears what waited within the minute.\n"
    )
    assert pin is not None
    assert (pin.master, pin.changed_to, pin.vouched_how) == ("new", None, "console")
    assert rings
