"""The way in to the database: one write transaction at a time, and looks that change nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.store import direct

DRIVERS = {"sqlite": direct.NAME, "postgresql": "postgresql+psycopg"}

PRAGMAS = (
    "PRAGMA journal_mode=WAL",  # somebody may look while somebody writes
    "PRAGMA synchronous=FULL",  # what was said to be kept is kept, though the power goes
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",  # milliseconds
)


def address(url: str) -> URL:
    """Read a database's address and give it our driver; ValueError for another database."""
    parsed = make_url(url)
    driver = DRIVERS.get(parsed.get_backend_name())
    if driver is None:
        raise ValueError(f"not SQLite or PostgreSQL: {parsed.render_as_string()}")
    if driver == DRIVERS["sqlite"] and parsed.database in {None, "", ":memory:"}:
        raise ValueError("the SQLite database must be a file")
    return parsed.set(drivername=driver)


def connect(url: str, *, reading: bool = False) -> AsyncEngine:
    """Make an engine for that address; a reading one cannot write."""
    where = address(url)
    if where.get_backend_name() == "sqlite":
        return _sqlite(where, reading=reading)
    options = {"postgresql_readonly": True} if reading else {}
    return create_async_engine(where, execution_options=options, hide_parameters=True)


def _sqlite(where: URL, *, reading: bool) -> AsyncEngine:
    """Make a SQLite engine that begins its transactions itself.

    The driver's own habit (PEP 249's silent BEGIN) breaks savepoints and lets two writers meet
    halfway; SQLAlchemy's recipe turns it off and says BEGIN aloud. A writer takes the lock at
    once (IMMEDIATE), so that it waits at the door and never fails midway.
    """
    engine = create_async_engine(where, hide_parameters=True)
    begin = "BEGIN" if reading else "BEGIN IMMEDIATE"
    pragmas = (*PRAGMAS, "PRAGMA query_only=ON") if reading else PRAGMAS

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: DBAPIConnection, _record: Any) -> None:  # noqa: ANN401
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin_aloud(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


class Store:
    """The database, open. One write transaction at a time; as many looks as you like."""

    def __init__(self, writer: AsyncEngine, reader: AsyncEngine) -> None:
        self._writer = writer
        self._reader = reader
        self._turn = asyncio.Lock()

    @classmethod
    async def open(cls, url: str) -> Store:
        """Open the database at that address and see that it answers."""
        store = cls(connect(url), connect(url, reading=True))
        try:
            async with store._writer.connect():
                return store
        except BaseException:
            await store.close()
            raise

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        """Give a session in one write transaction: kept at the end, undone on any error."""
        async with (
            self._turn,
            AsyncSession(self._writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Give a session that sees one moment of the database and cannot change it."""
        async with AsyncSession(self._reader, expire_on_commit=False) as session:
            yield session

    async def close(self) -> None:
        """Close every connection."""
        await self._writer.dispose()
        await self._reader.dispose()
