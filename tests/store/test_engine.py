"""Promises of the way in: kept whole or not at all, one writer at a time."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError, StatementError
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import Kept, Meeting
from bot.store import handled, kept, meetings
from bot.store.engine import Store, address


class PowerCutError(Exception):
    """Something goes wrong midway."""


async def test_what_a_transaction_wrote_is_kept(store: Store) -> None:
    async with store.begin() as session:
        await kept.put(session, "since", "s1")

    async with store.read() as session:
        assert await kept.get(session, "since") == "s1"


async def test_an_error_undoes_the_whole_transaction(store: Store) -> None:
    async def half_done() -> None:
        async with store.begin() as session:
            await kept.put(session, "since", "s1")
            await session.flush()
            raise PowerCutError

    with pytest.raises(PowerCutError):
        await half_done()

    async with store.read() as session:
        assert await kept.get(session, "since") is None


async def test_a_savepoint_is_undone_alone(store: Store, now: datetime) -> None:
    async def half_done(session: AsyncSession) -> None:
        async with session.begin_nested():
            await handled.remember(session, ["$bad"], now)
            raise PowerCutError

    async with store.begin() as session:
        await kept.put(session, "before", "1")
        with pytest.raises(PowerCutError):
            await half_done(session)
        async with session.begin_nested():
            await handled.remember(session, ["$good"], now)

    async with store.begin() as session:
        assert await kept.get(session, "before") == "1"
        assert await handled.among(session, ["$bad", "$good"]) == {"$good"}


async def test_a_broken_statement_undoes_its_savepoint_and_no_more(store: Store) -> None:
    async def broken(session: AsyncSession) -> None:
        async with session.begin_nested():
            session.add_all([Kept(key="twice", value="1"), Kept(key="since", value="s2")])

    async with store.begin() as session:
        await kept.put(session, "since", "s1")
        with pytest.raises(DBAPIError):
            await broken(session)
        await kept.put(session, "after", "3")

    async with store.read() as session:
        assert await kept.get(session, "since") == "s1"
        assert await kept.get(session, "twice") is None
        assert await kept.get(session, "after") == "3"


async def test_writers_wait_for_each_other(store: Store) -> None:
    async def add_one() -> None:
        async with store.begin() as session:
            count = int(await kept.get(session, "count") or 0)
            await asyncio.sleep(0)
            await kept.put(session, "count", str(count + 1))

    await asyncio.gather(*(add_one() for _ in range(10)))

    async with store.read() as session:
        assert await kept.get(session, "count") == "10"


async def test_who_is_called_off_midway_leaves_nothing_behind(store: Store) -> None:
    begun = asyncio.Event()

    async def write_for_ever() -> None:
        async with store.begin() as session:
            await kept.put(session, "since", "s1")
            await session.flush()
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write_for_ever())
    await begun.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    async with store.begin() as session:
        assert await kept.get(session, "since") is None
        await kept.put(session, "since", "s2")


async def test_everything_else_goes_on_while_another_process_writes(
    migrated_sqlite: Path, tmp_path: Path
) -> None:
    file = shutil.copy(migrated_sqlite, tmp_path)
    store = await Store.open(f"sqlite:///{file}")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        waiting = asyncio.create_task(put(store))
        await asyncio.sleep(0.1)
        done_meanwhile = waiting.done()
        other.execute("COMMIT")
        await waiting

    assert not done_meanwhile
    async with store.read() as session:
        assert await kept.get(session, "since") == "s1"
    await store.close()


async def test_one_may_look_while_another_writes(store: Store) -> None:
    async with store.begin() as writing:
        await kept.put(writing, "since", "s1")
        await writing.flush()

        async with store.read() as looking:
            seen = await kept.get(looking, "since")

    assert seen is None


async def test_who_only_looks_cannot_write(store: Store) -> None:
    async with store.read() as session:
        await kept.put(session, "since", "s1")

        with pytest.raises(DBAPIError, match=r"read-?only"):
            await session.flush()


async def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(StatementError, match="a time without a zone cannot be kept"):
        async with store.begin() as session:
            await handled.remember(session, ["$e"], datetime(2026, 11, 23, 9, 0))  # noqa: DTZ001


async def test_a_time_comes_back_in_utc_whatever_zone_it_went_in_with(store: Store) -> None:
    in_sweden = datetime(2026, 11, 23, 10, 0, tzinfo=timezone(timedelta(hours=1)))
    async with store.begin() as session:
        session.add(a_meeting(in_sweden))

    async with store.read() as session:
        found = await meetings.by_id(session, "M-2026-001")

    assert found is not None
    assert found.starts_at == in_sweden
    assert found.starts_at.tzinfo is UTC
    assert found.state == "called"


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("sqlite:///a.db", "sqlite+direct"),
        ("postgresql://anna@db/samverkan", "postgresql+psycopg"),
        ("postgresql+asyncpg://anna@db/samverkan", "postgresql+psycopg"),
    ],
)
def test_an_address_needs_not_name_the_driver(given: str, driver: str) -> None:
    assert address(given).drivername == driver


@pytest.mark.parametrize("given", ["mysql://db/samverkan", "sqlite://", "sqlite:///:memory:"])
def test_another_kind_of_database_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match=r"SQLite"):
        address(given)


async def put(store: Store) -> None:
    async with store.begin() as session:
        await kept.put(session, "since", "s1")


def a_meeting(starts_at: datetime) -> Meeting:
    return Meeting(
        id="M-2026-001",
        forum="ISF",
        purpose="Läget",
        mode="activated",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
    )


async def test_what_people_wrote_is_in_no_error(store: Store) -> None:
    async def twice() -> None:
        async with store.begin() as session:
            session.add(Kept(key="the same", value="vad någon skrev"))
            await session.flush()
            session.expunge_all()
            session.add(Kept(key="the same", value="vad någon skrev"))
            await session.flush()

    with pytest.raises(DBAPIError) as failed:
        await twice()

    assert "vad någon skrev" not in str(failed.value)
