"""Reads the functions' calendars when they are due, and puts each in as one change.

Nothing here is said to anybody: what was read, or why it was not, is written down, and a deadline
tells of it. While a calendar is fetched, no transaction is open and nobody waits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.domain.region import Held, Region
from bot.domain.shifts import CalendarWrong, Fault, Names, held
from bot.rosters.fetching import Source, text_of
from bot.rosters.reading import shifts_of
from bot.store import feeds
from bot.store.engine import Store

log = structlog.get_logger()

BACK, AHEAD = timedelta(days=1), timedelta(days=120)
"""How much of a calendar is read: well beyond what is warned of (T18)."""


@dataclass
class Calendars:
    """The calendars of the settings. `troubled` is called when there is something to be said."""

    store: Store
    region: Region
    sources: Sequence[Source]
    minutes: int
    now: Callable[[], datetime]
    troubled: Callable[[], None]
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self) -> None:
        """Say that a calendar may be due."""
        self._woken.set()

    async def expect(self) -> None:
        """Have the settings' calendars read, and no others."""
        functions = {each.name: each.function for each in self.sources}
        async with self.store.begin() as session:
            await feeds.expect(session, functions, self.minutes, self.now())

    async def run(self) -> None:
        """Read what is due, again and again; ends only when cancelled."""
        await self.expect()
        self.troubled()
        self._woken.set()
        while True:
            await self._woken.wait()
            self._woken.clear()
            try:
                await self.read_wanted()
            except Exception:
                log.exception("calendars.unread")

    async def read_wanted(self) -> None:
        """Read each calendar that is wanted, once."""
        async with self.store.read() as session:
            wanted = await feeds.wanted(session)
        by_name = {each.name: each for each in self.sources}
        for name in wanted:
            if name in by_name:
                await self._read(by_name[name])
                self.troubled()

    async def _read(self, source: Source) -> None:
        """Read one calendar and keep what came of it."""
        try:
            rows = await self.shifts(source)
        except CalendarWrong as wrong:
            await self._failed(source, wrong.fault)
            return
        async with self.store.begin() as session:
            await feeds.read(session, source.name, rows, self.now())
        log.info("calendar.read", calendar=source.name, shifts=len(rows))

    async def shifts(self, source: Source) -> list[Held]:
        """Read what a calendar says from a day ago on. Raise CalendarWrong."""
        now = self.now()
        found = await shifts_of(await text_of(source), now - BACK, now + AHEAD)
        async with self.store.read() as session:
            known = await feeds.names(session)
        by_law = [(each.person, each.mxid) for each in self.region.holdings]
        names = Names.of([*by_law, *known])
        return held(found, source.function, source.rank, names, self.region.timezone)

    async def _failed(self, source: Source, fault: Fault) -> None:
        async with self.store.begin() as session:
            await feeds.failed(session, source.name, fault, self.now())
        log.warning("calendar.unread", calendar=source.name, why=fault.why)
