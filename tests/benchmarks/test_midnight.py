"""1,000 holdings change at midnight: what the house does about it, against a bare UPDATE of them.

The holders among them are briefed and relieved; the others are deputies, who are not.
"""

from __future__ import annotations

import dataclasses
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, func, select, update

from bot.dispatch.catalogue import Catalogue
from bot.dispatch.desk import Desk
from bot.dispatch.post import Post
from bot.dispatch.ringing import ring_due
from bot.domain.model import Deadline, Holding, Letter, Room
from bot.domain.region import Held, Region
from bot.store import holdings
from bot.store.engine import Store
from bot.store.migrations import migrate
from bot.store.rosters import import_roster
from bot.text.phrasebook import Phrasebook
from tests.benchmarks.lab import HOUSE, Figure, example_region, show

CHANGES, ROUNDS = 1000, 1
DAY = timedelta(days=1)


@dataclasses.dataclass(frozen=True)
class Night:
    """Seconds: to take the roster in, to ring what came before, at midnight; the bare UPDATE.

    `letters` is how many were written at midnight, `looked` how long one look at all holders took.
    """

    taken_in: float
    before: float
    midnight: float
    bare: float
    looked: float
    letters: int


@pytest.mark.timeout(600)
@pytest.mark.parametrize("holders", [10, 1000])
async def test_a_midnight_at_which_1000_holdings_change(tmp_path: Path, holders: int) -> None:
    region = large(example_region())

    nights = [await night(region, tmp_path / str(n), holders) for n in range(ROUNDS)]

    show(f"{CHANGES} holdings change at midnight, {holders} of them holders", figures(nights))


def large(region: Region) -> Region:
    """Give the region as many more functions as it takes for that many holders."""
    functions = dict(region.functions)
    some = next(iter(functions.values()))
    for number in range(CHANGES - len(functions)):
        code = f"{some.organisation}.N{number}"
        functions[code] = dataclasses.replace(some, code=code)
    return dataclasses.replace(region, functions=functions)


def shifts(region: Region, midnight: datetime, holders: int) -> list[Held]:
    """Let everybody be relieved at midnight, and the reliefs stay for a month."""
    return [
        Held(code, rank, f"@{code.lower()}-{turn}:null.example", f"{code} {turn}", starts, ends)
        for number, code in enumerate(region.functions)
        for rank in (1 if number < holders else 2,)
        for turn, starts, ends in (
            (1, midnight - DAY, midnight),
            (2, midnight, midnight + 30 * DAY),
        )
    ]


async def night(region: Region, folder: Path, holders: int) -> Night:
    """Take the roster in at noon, live until midnight, and change the same rows barely."""
    midnight = datetime(2026, 11, 3, tzinfo=region.timezone)
    async with at_work(region, folder, midnight - DAY) as (store, desk):
        taken_in = await timed(lambda: take_in(store, region, midnight, holders))
        before = await timed(lambda: ring_until(store, desk, midnight - timedelta(seconds=1)))
        written = await letters(store)
        rung = await timed(lambda: ring_due(store, desk, midnight))
        looked = await timed(lambda: look(store, midnight))
        bare = await timed(lambda: barely(store, midnight))
        new = await letters(store) - written
    return Night(taken_in, before, rung, bare, looked, new)


@asynccontextmanager
async def at_work(region: Region, folder: Path, now: datetime) -> AsyncIterator[tuple[Store, Desk]]:
    """Open a database with the forums' rooms, and a desk that answers for it."""
    folder.mkdir()
    url = f"sqlite:///{folder}/samverkan.db"
    await migrate(url)
    words = Phrasebook([HOUSE / "config" / "text"], region)
    desk = Desk(region, Catalogue.discover(), Post(words, region.language, ()))
    store = await Store.open(url)
    try:
        async with store.begin() as session:
            for code in region.forums:
                session.add(Room(key=f"forum:{code}", room_id=f"!{code}", made_at=now))
        yield store, desk
    finally:
        await store.close()


async def take_in(store: Store, region: Region, midnight: datetime, holders: int) -> None:
    async with store.begin() as session:
        await import_roster(session, region, shifts(region, midnight, holders), midnight - DAY / 2)


async def ring_until(store: Store, desk: Desk, until: datetime) -> None:
    """Ring everything at its own time up to that moment."""
    while True:
        async with store.read() as session:
            waiting = select(func.min(Deadline.due_at)).where(col(Deadline.rung_at).is_(None))
            due = (await session.exec(waiting)).one()
        if due is None or due > until:
            return
        await ring_due(store, desk, due)


async def look(store: Store, midnight: datetime) -> None:
    """Ask who has what; everybody is relieved."""
    async with store.read() as session:
        there = await holdings.in_force(session, midnight)
    assert len(there) == CHANGES
    assert all(held.mxid.partition(":")[0].endswith("-2") for held in there)


async def barely(store: Store, midnight: datetime) -> None:
    """Write as many rows once, in one transaction."""
    async with store.begin() as session:
        rows = update(Holding).where(col(Holding.ends) == midnight).values(source="bare")
        await session.exec(rows)


async def letters(store: Store) -> int:
    async with store.read() as session:
        return (await session.exec(select(func.count()).select_from(Letter))).one()


async def timed(work: Callable[[], Awaitable[object]]) -> float:
    begun = time.perf_counter()
    await work()
    return time.perf_counter() - begun


def figures(nights: list[Night]) -> list[Figure]:
    def median(part: Callable[[Night], float]) -> float:
        return statistics.median(map(part, nights))

    def line(what: str, part: Callable[[Night], float], *, compared: bool = False) -> Figure:
        ours, bare = median(part), median(lambda each: each.bare)
        beside = f"{1000 * bare:.1f}" if compared else ""
        return Figure(what, f"{1000 * ours:.1f}", beside, ours / bare if compared else None, "")

    return [
        line("all that rings at midnight, ms", lambda each: each.midnight, compared=True),
        line("one look at who has what, ms", lambda each: each.looked),
        line("the roster taken in, ms", lambda each: each.taken_in),
        line("all that rings from noon to midnight, ms", lambda each: each.before),
        Figure("letters written at midnight", f"{nights[0].letters}", "", None, ""),
    ]
