"""Promises of the log: nothing in it can be changed unseen (R17)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import LogEntry
from bot.store import log
from bot.store.engine import Store

FACTS = {"choice": "agrees", "limit": 2.5, "who": ["Ekviken", "Lindö"], "none": None}


async def test_an_untouched_log_is_whole(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        await write(session, 3, now)

    async with store.read() as session:
        assert await log.verify(session) is None
        assert [entry.position for entry in await log.since(session, 1)] == [2, 3]


async def test_an_empty_log_is_whole(store: Store) -> None:
    async with store.read() as session:
        assert await log.verify(session) is None


async def test_an_entry_carries_the_hash_of_the_one_before(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        await write(session, 2, now)
        first, second = await log.since(session, 0)

    assert first.previous == log.NOTHING_BEFORE
    assert second.previous == first.hash


async def test_what_was_undone_leaves_no_gap(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        await write(session, 1, now)
        undone = await session.begin_nested()
        await write(session, 1, now)
        await session.flush()
        await undone.rollback()
        await write(session, 1, now)

    async with store.read() as session:
        assert [entry.position for entry in await log.since(session, 0)] == [1, 2]
        assert await log.verify(session) is None


async def test_a_correction_points_at_what_it_corrects(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        wrong = await log.append(
            session, "position.given", "OV-1", happened_at=now, written_at=now, facts=FACTS
        )
        right = await log.append(
            session, "position.corrected", "OV-1", happened_at=now, written_at=now,
            corrects=wrong.position,
        )  # fmt: skip

    assert right.corrects == wrong.position == 1


async def test_an_entry_that_is_removed_is_missed(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        await write(session, 3, now)
        await session.delete((await log.since(session, 1))[0])

        assert await log.verify(session) == 2


CHANGES: dict[str, Callable[[LogEntry], Any]] = {
    "happened_at": lambda entry: entry.happened_at - timedelta(microseconds=1),
    "written_at": lambda entry: entry.written_at + timedelta(seconds=1),
    "what": lambda entry: f"{entry.what}.",
    "subject": lambda _: "OV-2",
    "forum": lambda _: "SG",
    "function": lambda _: "eke.TIB",
    "mxid": lambda _: None,
    "facts": lambda entry: entry.facts | {"choice": "disagrees"},
    "corrects": lambda _: 1,
    "previous": lambda _: log.NOTHING_BEFORE[:-1] + "1",
    "hash": lambda _: log.NOTHING_BEFORE,
}


async def test_any_change_to_any_entry_is_seen_where_it_was_made(
    store: Store, now: datetime
) -> None:
    async with store.begin() as session:
        await write(session, 3, now)

    for column, change in CHANGES.items():
        async with store.begin() as session:
            entry = (await log.since(session, 1))[0]
            setattr(entry, column, change(entry))
            await session.flush()
            session.expire_all()
            assert await log.verify(session) == 2, column
            await session.rollback()


def test_every_column_of_an_entry_is_among_the_changes_tried() -> None:
    assert CHANGES.keys() | {"position"} == LogEntry.model_fields.keys()


plain = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"))
)
facts = st.dictionaries(
    st.text(st.characters(codec="utf-8")), plain | st.lists(plain, max_size=3), max_size=4
)


@settings(max_examples=25, deadline=None)
@given(facts=facts)
def test_whatever_the_facts_are_the_log_stays_whole(
    facts: dict[str, Any], migrated_sqlite: Path
) -> None:
    async def whole(url: str) -> bool:
        store = await Store.open(url)
        moment = datetime.fromisoformat("2026-11-23T09:00:00.000001+01:00")
        async with store.begin() as session:
            await log.append(
                session, "x.y", "z", happened_at=moment, written_at=moment, facts=facts
            )
        async with store.read() as session:
            [entry] = await log.since(session, 0)
            broken = await log.verify(session)
        await store.close()
        return broken is None and entry.facts == json.loads(json.dumps(facts))

    with TemporaryDirectory() as folder:
        assert asyncio.run(whole(f"sqlite:///{copy(migrated_sqlite, folder)}"))


async def write(session: AsyncSession, count: int, now: datetime) -> None:
    for _ in range(count):
        await log.append(
            session, "position.given", "OV-1", happened_at=now, written_at=now,
            forum="ISF", function="lst.TIB", mxid="@ada:x", facts=FACTS,
        )  # fmt: skip
