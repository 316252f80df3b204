"""`migrate` and `verify`: the database's shape, and whether its log has been touched."""

from __future__ import annotations

from pathlib import Path

from bot.cli.common import SettingsFile, carry_out, settings_from
from bot.cli.told import fail, out, told
from bot.store import log
from bot.store.engine import Store, address
from bot.store.migrations import is_current, migrate
from config.settings import Settings


def migrate_(settings: SettingsFile = None) -> None:
    """Bring the database to the newest shape, all or nothing."""
    read = settings_from(settings)
    with told():
        read.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    carry_out(migrate(read.database_url))
    out.print("The database has the newest shape. Next: samverkan run", markup=False)


def verify(settings: SettingsFile = None) -> None:
    """Recompute the log's chain of hashes, and say where it is broken, if it is."""
    broken = carry_out(_verify(settings_from(settings)))
    if broken is not None:
        why = f"The log is not as it was written, from entry {broken} on."
        raise fail(why, "see OPERATING.md, and restore a backup from before it was touched")
    out.print("The log is as it was written.", markup=False)


async def _verify(settings: Settings) -> int | None:
    """Give the number of the first entry that is broken; exit 1 where there is no log to read."""
    if missing := missing_database(settings.database_url):
        raise fail(f"There is no database {missing}.", "samverkan migrate")
    if not await is_current(settings.database_url):
        raise fail("The database has not the newest shape.", "samverkan migrate")
    store = await Store.open(settings.database_url)
    try:
        async with store.read() as session:
            return await log.verify(session)
    finally:
        await store.close()


def missing_database(url: str) -> Path | None:
    """Give the SQLite file that should be there and is not; looking must not make it."""
    where = address(url)
    file = Path(where.database or "")
    return file if where.get_backend_name() == "sqlite" and not file.exists() else None
