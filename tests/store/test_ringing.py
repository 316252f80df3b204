"""The bell's round: what fails is tried again, what was moved meanwhile waits for its time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from bot.asking import Deadline, Ring
from bot.dispatch.catalogue import Catalogue
from bot.dispatch.desk import Desk
from bot.dispatch.post import Post
from bot.dispatch.ringing import ring_due
from bot.store import deadlines
from bot.store.engine import Store
from bot.text.phrasebook import Phrasebook
from config.region import load_region

HOUSE = Path(__file__).parent.parent.parent
HOUR = timedelta(hours=1)


def desk_of(**kinds: object) -> Desk:
    region = load_region(HOUSE / "config/example/malarvik.yaml", date(2026, 10, 12))
    post = Post(Phrasebook([HOUSE / "config/text"], region), region.language)
    known = {kind: Deadline(kind, run) for kind, run in kinds.items()}  # type: ignore[arg-type]
    return Desk(region, Catalogue({}, known), post)


async def test_a_deadline_that_fails_after_setting_itself_anew_is_tried_again(
    store: Store, now: datetime
) -> None:
    async def fails(ring: Ring) -> None:
        await deadlines.set_(ring.session, "a", "x", ring.now + HOUR)
        await ring.session.flush()
        raise RuntimeError("something is wrong")

    async with store.begin() as session:
        await deadlines.set_(session, "a", "x", now)

    await ring_due(store, desk_of(a=fails), now)

    async with store.read() as session:
        assert await deadlines.waiting(session, "a", "x") == now + timedelta(minutes=1)


@pytest.mark.parametrize("later", [HOUR, None])
async def test_what_another_has_put_off_or_taken_away_in_the_same_round_does_not_ring(
    store: Store, now: datetime, later: timedelta | None
) -> None:
    rung: list[datetime] = []

    async def first(ring: Ring) -> None:
        if later:
            await deadlines.set_(ring.session, "b", "x", now + later)
        else:
            await deadlines.drop(ring.session, "b", "x")

    async def second(ring: Ring) -> None:
        rung.append(ring.now)

    async with store.begin() as session:
        await deadlines.set_(session, "a", "x", now - HOUR)
        await deadlines.set_(session, "b", "x", now)

    await ring_due(store, desk_of(a=first, b=second), now)

    assert rung == []


async def test_one_that_fails_does_not_take_the_next_one_with_it(
    store: Store, now: datetime
) -> None:
    rung: list[datetime] = []

    async def first(ring: Ring) -> None:
        await deadlines.set_(ring.session, "b", "x", now + HOUR)
        await ring.session.flush()
        raise RuntimeError("something is wrong")

    async def second(ring: Ring) -> None:
        rung.append(ring.due_at)

    async with store.begin() as session:
        await deadlines.set_(session, "a", "x", now - HOUR)
        await deadlines.set_(session, "b", "x", now)

    await ring_due(store, desk_of(a=first, b=second), now)

    assert rung == [now]
