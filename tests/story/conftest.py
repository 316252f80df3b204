"""A region in memory for each test."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import date, datetime
from pathlib import Path

import pytest

from bot.clock.wall import SteeredClock
from bot.dispatch.catalogue import Catalogue
from bot.dispatch.desk import Desk
from bot.dispatch.post import Post
from bot.domain.region import Region
from bot.store.engine import Store
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


@pytest.fixture
async def story(
    malarvik: Region, phrasebook: Phrasebook, empty_database: Path, tmp_path: Path
) -> AsyncIterator[Story]:
    """Begin on Monday 12 October 2026 at 08.00, every function held."""
    shutil.copy(empty_database, tmp_path / "story.db")
    store = await Store.open(f"sqlite:///{tmp_path / 'story.db'}")
    start = datetime.fromisoformat(START).replace(tzinfo=malarvik.timezone)
    desk = Desk(malarvik, Catalogue.discover(), Post(phrasebook, malarvik.language, (OPERATOR,)))
    told = Story(malarvik, store, desk, SteeredClock(start))
    await told.begin()
    yield told
    await store.close()
