"""`migrate` and `verify`: the database's shape, and whether its log has been touched."""

from __future__ import annotations

from bot.cli.common import SettingsFile, carry_out, fail, out, settings_from
from bot.store import log
from bot.store.engine import Store
from bot.store.migrations import migrate
from config.settings import Settings


def migrate_(settings: SettingsFile = None) -> None:
    """Bring the database to the newest shape, all or nothing."""
    read = settings_from(settings)
    read.state_dir.mkdir(parents=True, exist_ok=True)
    carry_out(migrate(read.database_url))
    out.print("The database has the newest shape. Next: samverkan run", markup=False)


def verify(settings: SettingsFile = None) -> None:
    """Recompute the log's chain of hashes, and say where it is broken, if it is."""
    broken = carry_out(_verify(settings_from(settings)))
    if broken is not None:
        raise fail(f"The log is not as it was written, from entry {broken} on.")
    out.print("The log is as it was written.", markup=False)


async def _verify(settings: Settings) -> int | None:
    store = await Store.open(settings.database_url)
    try:
        async with store.read() as session:
            return await log.verify(session)
    finally:
        await store.close()
