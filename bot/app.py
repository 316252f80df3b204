"""Where everybody meets: the only module that knows every room, and starts them."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

from bot.clock.bell import Bell
from bot.clock.wall import Clock, WallClock
from bot.dispatch.catalogue import Catalogue
from bot.dispatch.desk import Desk
from bot.dispatch.post import Post
from bot.dispatch.ringing import ring_due
from bot.domain.answer import Facts
from bot.domain.incoming import Sealed
from bot.domain.region import Region
from bot.domain.rooms import RoomSettings, wanted_rooms
from bot.matrix.courier import Courier, Delivery
from bot.matrix.directs import Directs
from bot.matrix.ears import Batch, Ears
from bot.matrix.keyring import Keyring
from bot.matrix.line import Line, has_moves
from bot.matrix.reconciler import Reconciler
from bot.matrix.rooms import Builder
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


def _nothing(_: object) -> None:
    """Let it pass."""


@dataclass(frozen=True)
class Watch:
    """Who looks on, without a say: told of each letter that arrived and each answer heard."""

    delivered: Callable[[Delivery], None] = _nothing
    heard: Callable[[Mapping[str, Any]], None] = _nothing


@dataclass(frozen=True)
class House:
    """The whole bot, put together and not yet running."""

    region: Region
    clock: Clock
    store: Store
    words: Phrasebook
    desk: Desk
    courier: Courier
    reconciler: Reconciler
    builder: Builder
    line: Line
    bell: Bell

    async def run(self) -> None:
        """Run until cancelled, or until a part of the house ends: then all of it does."""
        async with asyncio.TaskGroup() as tasks:
            for part in (self.bell, self.reconciler, self.line):
                tasks.create_task(part.run())
            tasks.create_task(self._carry())
            self.courier.wake()
            self.reconciler.wake()

    async def _carry(self) -> None:
        """Carry letters once it is known which are in their rooms already."""
        await self.line.caught_up.wait()
        await self.courier.run()

    def say(self, name: str, facts: Facts) -> str:
        """Say something as one line, in the region's language."""
        return self.words.line(name, facts, self.region.language, now=self.clock.now())

    async def arm(self) -> None:
        """Set what the law wants rung and nobody has set yet: meetings, digests, registers."""
        async with self.store.begin() as session:
            for kind in self.desk.catalogue.kinds.values():
                if kind.arm:
                    await kind.arm(session, self.region, self.clock.now())


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


def log_to_stderr(level: str) -> None:
    """Write a line for each thing that happens: identifiers, never what people wrote or a secret.

    Tracebacks are plain: one with every value in it would tell both.
    """
    traceback = structlog.dev.plain_traceback
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper("iso"),
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=traceback),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # as it is at each line
    )


@asynccontextmanager
async def open_house(
    settings: Settings,
    clock: Clock | None = None,
    watch: Watch | None = None,
    *,
    armed: bool = True,
) -> AsyncIterator[House]:
    """Put the house together for those settings, alone acting on their database.

    `armed` False leaves what the law wants rung to a later `arm`. Raise what the law, the
    database and the homeserver have to say against it.
    """
    clock, watch = clock or WallClock(), watch or Watch()
    region = load_region(settings.region, clock.now().date())
    settings.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    async with acting(settings.database_url), AsyncExitStack() as closing:
        await migrate(settings.database_url)
        store = await Store.open(settings.database_url)
        closing.push_async_callback(store.close)
        secret = settings.read_password()
        session = await open_session(
            settings.homeserver,
            settings.user_id,
            settings.state_dir,
            secret.get_secret_value() if secret else None,
        )
        wire = Wire(session.homeserver, session.access_token)
        closing.push_async_callback(wire.close)
        key = pickle_key(settings.pickle_key_file)
        keyring = Keyring(session.user_id, session.device_id, settings.state_dir / "keys", key)
        closing.callback(keyring.close)
        house = _assemble(settings, region, clock, watch, store, session, wire, keyring)
        if armed:
            await house.arm()
        yield house


def room_settings(settings: Settings) -> RoomSettings:
    """Say what the operator wants of the rooms."""
    return RoomSettings(
        bot=settings.user_id,
        creators=tuple(settings.creators),
        encrypted=settings.encrypted,
        version=settings.room_version,
    )


def _assemble(  # noqa: PLR0913, PLR0917 - the one place where all parts meet
    settings: Settings,
    region: Region,
    clock: Clock,
    watch: Watch,
    store: Store,
    session: Session,
    wire: Wire,
    keyring: Keyring,
) -> House:
    words = phrasebook(settings, region)
    me = session.user_id

    def say(name: str, facts: Facts) -> str:
        return words.line(name, facts, region.language, now=clock.now())

    desk = Desk(region, Catalogue.discover(), Post(words, region.language))
    directs = Directs(store, wire, me, region.code, settings.encrypted, clock.now)
    courier = Courier(store, wire, keyring, directs, clock.now, watch.delivered)
    rooms_wanted = room_settings(settings)
    reconciler = Reconciler(wire, store, region, rooms_wanted, say, clock.now)
    builder = Builder(wire, store, wanted_rooms(region, rooms_wanted, say))

    async def next_due() -> datetime | None:
        async with store.read() as reading:
            return await deadlines.next_due(reading)

    async def ring() -> None:
        await line.caught_up.wait()  # an answer given in time may lie with the server still
        if await ring_due(store, desk, clock.now()):
            courier.wake()
            reconciler.wake()

    bell = Bell(clock, next_due, ring)

    def kept_batch(batch: Batch, sync: Mapping[str, Any]) -> None:
        if not batch.only_echoes:
            courier.wake()
            bell.wake()
        for event in batch.events:
            if isinstance(event, Sealed):
                courier.sealed(event.room_id)
        if has_moves(batch):
            reconciler.wake()
        watch.heard(sync)

    ears = Ears(me, (me.partition(":")[0].lstrip("@"), directs.name), keyring)
    line = Line(wire, keyring, ears, store, desk, directs, clock.now, kept_batch)
    return House(region, clock, store, words, desk, courier, reconciler, builder, line, bell)
