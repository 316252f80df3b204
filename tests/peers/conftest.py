from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from bot.rehearsal.homeserver import Homeserver
from tests.peers.scene import Scene, import_roster, open_scene

BEGINS = datetime(2026, 11, 2, 9, 0, tzinfo=ZoneInfo("Europe/Stockholm"))
HOLDERS = {
    "kim": ("aa.DUTY", 1),
    "eli": ("aa.HEAD", 1),
    "liv": ("bb.BOSS", 1),
    "noa": ("dd.BOSS", 1),
}


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    """Give a forum where everybody has come in, and the bot is awake."""
    folder = tmp_path_factory.mktemp("peers")
    homeserver = await Homeserver.start(folder / "homeserver")
    try:
        async with open_scene(homeserver, folder, BEGINS) as opened:
            for name in HOLDERS:
                await opened.comes(name, strict=True)
            await import_roster(opened, HOLDERS)
            await opened.begins()
            yield opened
    finally:
        await homeserver.stop()
