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

from sqlalchemy import Connection, inspect, text

from bot.store.engine import connect

STEPS = Path(__file__).parent / "versions"
"""A file for each step, named by its number."""

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
    if not await is_current(url):
        # Only now: Alembic is 12 MB, and a bot in its daily work has no step to take.
        from bot.store.migrations.stairs import go_up  # noqa: PLC0415

        await _on(url, go_up)


async def undo(url: str) -> None:
    """Take every table away, all or nothing. What was in them is lost."""
    from bot.store.migrations.stairs import go_down  # noqa: PLC0415 - as in migrate

    await _on(url, go_down)


async def is_current(url: str) -> bool:
    """Tell whether the database has the newest shape; DatabaseNewer if it is past it."""
    return await _on(url, _step, reading=True) == max(_steps())


async def _on(url: str, work: Callable[[Connection], T], *, reading: bool = False) -> T:
    """Do something in one transaction on a connection of its own."""
    engine = connect(url, reading=reading)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


def _step(connection: Connection) -> str | None:
    """Tell which step the database is at; None if it has no tables yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    step: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if step is not None and step not in _steps():
        raise DatabaseNewer(step)
    return step


def _steps() -> set[str]:
    """Give the steps that this version knows."""
    return {file.name.partition("_")[0] for file in STEPS.glob("[0-9]*.py")}
