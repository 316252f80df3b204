r"""The tables' history: each step from one shape of the database to the next, by Alembic.

A new step, after a change in `bot.domain.model`, is drafted against a migrated database and then
read by a person:

    alembic -c bot/store/migrations/alembic.ini -x url=sqlite:///draft.db upgrade head
    alembic -c bot/store/migrations/alembic.ini -x url=sqlite:///draft.db \
        revision --autogenerate --rev-id 0002 -m "what it is for"
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.store.engine import connect

HERE = Path(__file__).parent

T = TypeVar("T")


class DatabaseNewer(Exception):  # noqa: N818 - it is what the database is
    """The database was made by a newer version of the program than this one."""

    def __init__(self, revision: str) -> None:
        super().__init__(
            f"the database is at step {revision}, which this version does not know: "
            "install the version that made it, or restore a backup"
        )
        self.revision = revision


async def migrate(url: str) -> None:
    """Bring the database to the newest shape, all or nothing; DatabaseNewer if it is past it."""
    await _on(url, _upgrade)


async def undo(url: str) -> None:
    """Take every table away, all or nothing. What was in them is lost."""
    await _on(url, lambda connection: command.downgrade(_config(connection), "base"))


async def is_current(url: str) -> bool:
    """Tell whether the database has the newest shape; DatabaseNewer if it is past it."""
    return await _on(url, _revision, reading=True) == _steps().get_current_head()


async def _on(url: str, work: Callable[[Connection], T], *, reading: bool = False) -> T:
    """Do something in one transaction on a connection of its own."""
    engine = connect(url, reading=reading)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


def _upgrade(connection: Connection) -> None:
    """Take the steps that are left, once it is known that all of those taken are known."""
    _revision(connection)
    command.upgrade(_config(connection), "head")


def _revision(connection: Connection) -> str | None:
    """Tell which step the database is at; None if it has no tables yet."""
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is not None and revision not in {
        step.revision for step in _steps().walk_revisions()
    }:
        raise DatabaseNewer(revision)
    return revision


def _steps() -> ScriptDirectory:
    """Give the steps that this version knows."""
    return ScriptDirectory.from_config(Config(HERE / "alembic.ini"))


def _config(connection: Connection) -> Config:
    """Tell Alembic to work on that connection."""
    config = Config(HERE / "alembic.ini")
    config.attributes["connection"] = connection
    return config
