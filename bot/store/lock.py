"""One process acts at a time: two would answer everybody twice."""

from __future__ import annotations

import fcntl
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path

from sqlalchemy import URL, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from bot.store.engine import address

NUMBER = 0x53414D56
"""The advisory lock's number in PostgreSQL, "SAMV"; it counts within one database."""


class AlreadyActing(Exception):  # noqa: N818 - it is what the other is
    """Another process acts on this database."""

    def __init__(self, where: URL) -> None:
        super().__init__(
            f"another process acts on {where.render_as_string(hide_password=True)}: "
            "stop it first, or let it be and start nothing"
        )


class ActingLock:
    """The right to act, held. It ends with the process, however that ends."""

    def __init__(self, connection: AsyncConnection | None = None) -> None:
        self._connection = connection

    async def held(self) -> bool:
        """Tell whether the right is still ours; with PostgreSQL it goes with its connection."""
        if self._connection is None:
            return True
        mine = text(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = :number"
            " AND pid = pg_backend_pid() AND granted"
        )
        try:
            return bool((await self._connection.execute(mine, {"number": NUMBER})).scalar())
        except DBAPIError:
            return False


def acting(store_url: str) -> AbstractAsyncContextManager[ActingLock]:
    """Hold the right to act on that database; AlreadyActing if another process has it."""
    where = address(store_url)
    if where.get_backend_name() == "sqlite":
        return _by_file(where)
    return _by_connection(where)


@asynccontextmanager
async def _by_file(where: URL) -> AsyncIterator[ActingLock]:
    """Lock a file beside the database."""
    with _locked(Path(f"{where.database}.lock"), where):
        yield ActingLock()


@contextmanager
def _locked(path: Path, where: URL) -> Iterator[None]:
    """Lock that file. It stays afterwards: were it removed, two could lock a file each."""
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyActing(where) from None
        yield


@asynccontextmanager
async def _by_connection(where: URL) -> AsyncIterator[ActingLock]:
    """Take PostgreSQL's advisory lock, for as long as a connection of its own lasts."""
    engine = create_async_engine(where, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            asked = text("SELECT pg_try_advisory_lock(:number)")
            if not (await connection.execute(asked, {"number": NUMBER})).scalar():
                raise AlreadyActing(where)
            yield ActingLock(connection)
    finally:
        await engine.dispose()
