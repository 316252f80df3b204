"""Promises of the tables' history: up, down, and always what the models say."""

from __future__ import annotations

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlmodel import SQLModel

import bot.domain.model  # noqa: F401 - the models must be known to be compared
from bot.store.engine import connect
from bot.store.migrations import DatabaseNewer, is_current, migrate, undo


async def test_an_empty_database_gets_exactly_the_tables_of_the_models(empty_url: str) -> None:
    await migrate(empty_url)

    assert await on(empty_url, differences) == []


async def test_an_empty_database_is_not_current_and_a_migrated_one_is(empty_url: str) -> None:
    before = await is_current(empty_url)

    await migrate(empty_url)

    assert not before
    assert await is_current(empty_url)


async def test_migrating_twice_changes_nothing(empty_url: str) -> None:
    await migrate(empty_url)
    await migrate(empty_url)

    assert await on(empty_url, differences) == []


async def test_every_step_can_be_taken_back(empty_url: str) -> None:
    await migrate(empty_url)

    await undo(empty_url)

    assert await on(empty_url, tables) == ["alembic_version"]
    assert not await is_current(empty_url)


async def test_a_database_from_a_newer_version_is_left_alone(empty_url: str) -> None:
    await migrate(empty_url)
    await on(
        empty_url, lambda it: it.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    )

    with pytest.raises(DatabaseNewer, match="9999, which this version does not know"):
        await is_current(empty_url)
    with pytest.raises(DatabaseNewer):
        await migrate(empty_url)


def differences(connection: Connection) -> list[Any]:
    """Say how the tables differ from the models."""
    found: list[Any] = compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)
    return found


def tables(connection: Connection) -> list[str]:
    return sorted(inspect(connection).get_table_names())


async def on(url: str, work: Any) -> Any:  # noqa: ANN401
    """Do something on a connection and keep it."""
    engine = connect(url)
    async with engine.begin() as connection:
        done = await connection.run_sync(work)
    await engine.dispose()
    return done
