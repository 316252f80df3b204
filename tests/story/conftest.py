"""A region in memory for each test."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock.wall import SteeredClock
from bot.dispatch.catalogue import Catalogue
from bot.dispatch.desk import Desk
from bot.dispatch.post import Post
from bot.domain.region import Region
from bot.store.engine import Store, connect
from bot.store.migrations import migrate
from bot.text.phrasebook import Phrasebook
from config.region import load_region
from tests.story.story import OPERATOR, Story

HOUSE = Path(__file__).parent.parent.parent
START = "2026-10-12T08:00"  # a Monday


@pytest.fixture(scope="session")
def malarvik() -> Region:
    """Load the example region once."""
    return load_region(HOUSE / "config/example/malarvik.yaml", date(2026, 10, 12))


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the tables once; each story begins with a copy."""
    file = tmp_path_factory.mktemp("story") / "empty.db"
    asyncio.run(migrate(f"sqlite:///{file}"))
    return file


@pytest.fixture(scope="session")
def phrasebook(malarvik: Region) -> Phrasebook:
    """Open the words once: a template is compiled when it is first said."""
    return Phrasebook([HOUSE / "config/text"], malarvik)


@dataclass(frozen=True)
class Memory:
    """A file that is emptied for each story, and engines that go on.

    An engine remembers how each statement is written for its database; a new one would have to
    learn all of them again in every test.
    """

    empty: Path
    file: Path
    engines: tuple[AsyncEngine, AsyncEngine]

    def emptied(self) -> Store:
        """Give a store with nothing in it."""
        for left in self.file.parent.iterdir():
            left.unlink()
        shutil.copy(self.empty, self.file)
        return Store(*self.engines)


@pytest.fixture(scope="session")
def memory(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Memory:
    file = tmp_path_factory.mktemp("memory") / "story.db"
    url = f"sqlite:///{file}"
    return Memory(empty_database, file, (connect(url), connect(url, reading=True)))


@pytest.fixture
async def story(malarvik: Region, phrasebook: Phrasebook, memory: Memory) -> AsyncIterator[Story]:
    """Begin on Monday 12 October 2026 at 08.00, every function held."""
    store = memory.emptied()
    start = datetime.fromisoformat(START).replace(tzinfo=malarvik.timezone)
    desk = Desk(malarvik, Catalogue.discover(), Post(phrasebook, malarvik.language, (OPERATOR,)))
    told = Story(malarvik, store, desk, SteeredClock(start))
    await told.begin()
    yield told
    await store.close()
