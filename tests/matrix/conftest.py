"""A database for each test, with nothing in it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store.engine import Store
from bot.store.migrations import migrate


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("matrix") / "empty.db"
    asyncio.run(migrate(f"sqlite:///{file}"))
    return file


@pytest.fixture
async def store(empty: Path, tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(f"sqlite:///{shutil.copy(empty, tmp_path / 'store.db')}")
    yield opened
    await opened.close()
