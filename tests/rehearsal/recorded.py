"""A play in a process of its own, with the bot's own record written beside what was said.

`python -m tests.rehearsal.recorded SCENARIO FOLDER [SEED]`: with a seed, one request in five of
those that the bot makes is broken on its way.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path

from bot.cli.told import err, out
from bot.rehearsal.play import Wishes, memory, play
from tests.homeserver.between import between

ONE_IN = 5


def record(database: Path) -> dict[str, list[dict[str, object]]]:
    """Read every table of the bot's history."""
    with sqlite3.connect(database) as connection:
        connection.row_factory = sqlite3.Row
        found = connection.execute("select name from sqlite_master where type = 'table'")
        names = [str(row["name"]) for row in found]
        return {
            name: [dict(row) for row in connection.execute(f'select * from "{name}"')]  # noqa: S608
            for name in names
        }


def main() -> int:
    """Play, and write what was said, what was remembered and what was broken."""
    scenario, folder = Path(sys.argv[1]), Path(sys.argv[2])
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else None
    broken: dict[str, object] = {}

    @asynccontextmanager
    async def breaking(address: str) -> AsyncIterator[str]:
        async with between(address, seed=seed or 0, one_in=ONE_IN) as proxy:
            yield proxy.url
        broken.update(proxy.did)
        broken["asked"] = len(proxy.asked)

    with tempfile.TemporaryDirectory(prefix="samverkan-play-", dir=memory()) as stage:
        wishes = Wishes(
            folder / "play.json",
            folder / "play.html",
            quiet=True,
            folder=Path(stage),
            between=nullcontext if seed is None else breaking,
        )
        code = play(scenario, wishes, out, err)
        kept = record(Path(stage) / "state" / "samverkan.db")
    (folder / "record.json").write_text(json.dumps(kept))
    (folder / "broken.json").write_text(json.dumps(broken))
    return code


if __name__ == "__main__":
    sys.exit(main())
