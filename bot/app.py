"""Where everybody meets: the only module that knows every room, and starts them."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.clock.bell import Bell
from bot.clock.wall import Clock, WallClock
from bot.dispatch.catalogue import Catalogue
from bot.dispatch.desk import Desk
from bot.dispatch.post import Post
from bot.dispatch.ringing import ring_due
from bot.domain.region import Region
from bot.matrix.courier import Courier, Delivery
from bot.matrix.directs import Directs
from bot.matrix.ears import Batch, Ears
from bot.matrix.keyring import Keyring
from bot.matrix.line import Line, has_moves
from bot.matrix.rooms import Reconciler
from bot.matrix.session import Session, open_session
from bot.matrix.wire import Wire
from bot.store import deadlines
from bot.store.engine import Store
from bot.store.lock import acting
from bot.store.migrations import migrate
from bot.text.phrasebook import Phrasebook
from config.region import load_region
from config.settings import Settings

WORDS = Path(__file__).parent.parent / "config" / "text"


@dataclass
class House:
    """The whole bot, put together and not yet running."""

    settings: Settings
    region: Region
    clock: Clock
    store: Store
    session: Session
    wire: Wire
    keyring: Keyring
    phrasebook: Phrasebook
    desk: Desk
    courier: Courier
    directs: Directs
    reconciler: Reconciler
    line: Line
    bell: Bell

    async def run(self) -> None:
        """Run until cancelled, or until a part of the house ends: then all of it does."""
        async with asyncio.TaskGroup() as tasks:
            for part in (self.courier, self.bell, self.reconciler, self.line):
                tasks.create_task(part.run())
            self.courier.wake()
            self.reconciler.wake()


def phrasebook(settings: Settings, region: Region) -> Phrasebook:
    """Open the words: the operator's own folders first, then the shipped ones."""
    return Phrasebook([*settings.text_dirs, WORDS], region)


def pickle_key(file: Path) -> str:
    """Read the key that locks the crypto store; make it at the first start, for our eyes only."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as new:
            new.write(secrets.token_urlsafe(32))
    return file.read_text().strip()


@asynccontextmanager
async def open_house(
    settings: Settings,
    clock: Clock | None = None,
    *,
    delivered: Callable[[Delivery], None] | None = None,
    heard: Callable[[Mapping[str, Any]], None] | None = None,
) -> AsyncIterator[House]:
    """Put the house together for those settings, alone acting on their database.

    Raise what the law, the database and the homeserver have to say against it.
    """
    clock = clock or WallClock()
    region = load_region(settings.region, clock.now().date())
    async with acting(settings.database_url):
        await migrate(settings.database_url)
        store = await Store.open(settings.database_url)
        session = await open_session(
            settings.homeserver, settings.user_id, settings.state_dir, settings.password_text()
        )
        wire = Wire(session.homeserver, session.access_token)
        key = pickle_key(settings.pickle_key_file)
        keyring = Keyring(session.user_id, session.device_id, settings.state_dir / "keys", key)
        try:
            yield _assemble(settings, region, clock, store, session, wire, keyring, delivered, heard)
        finally:
            keyring.close()
            await wire.close()
            await store.close()


def _assemble(  # noqa: PLR0913 - the one place where all parts meet
    settings: Settings,
    region: Region,
    clock: Clock,
    store: Store,
    session: Session,
    wire: Wire,
    keyring: Keyring,
    delivered: Callable[[Delivery], None] | None,
    heard: Callable[[Mapping[str, Any]], None] | None,
) -> House:
    words = phrasebook(settings, region)
    desk = Desk(region, Catalogue.discover(), Post(words, region.language))
    directs = Directs(store, wire, session.user_id, region.code, settings.encrypted, clock.now)
    courier = Courier(store, wire, keyring, directs, clock.now, delivered)
    reconciler = Reconciler(
        region=region, store=store, wire=wire, me=session.user_id, now=clock.now, words=words,
        keyring=keyring,
    )

    async def next_due() -> datetime | None:
        async with store.read() as reading:
            return await deadlines.next_due(reading)

    async def ring() -> None:
        if await ring_due(store, desk, clock.now()):
            courier.wake()
            reconciler.wake()

    bell = Bell(clock, next_due, ring)

    def kept_batch(batch: Batch, sync: Mapping[str, Any]) -> None:
        if batch.events:
            courier.wake()
            bell.wake()
        if has_moves(batch):
            reconciler.wake()
        if heard:
            heard(sync)

    ears = Ears(session.user_id, (session.user_id.partition(":")[0].lstrip("@"),), keyring)
    line = Line(wire, keyring, ears, store, desk, directs, clock.now, kept_batch)
    return House(
        settings, region, clock, store, session, wire, keyring, words, desk, courier, directs,
        reconciler, line, bell,
    )
