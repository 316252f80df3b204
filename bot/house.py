"""The whole bot, put together: what it consists of, and what runs when it runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.clock.bell import Bell
from bot.clock.wall import Clock
from bot.dispatch.desk import Desk
from bot.domain.answer import Facts
from bot.domain.region import Region
from bot.matrix.awakenings import Awakenings
from bot.matrix.courier import Courier, Delivery
from bot.matrix.doorman import Doorman
from bot.matrix.inspection import Inspection
from bot.matrix.key_requests import KeyRequests
from bot.matrix.line import Line
from bot.matrix.manners import Manners
from bot.matrix.marks import Marks
from bot.matrix.menus import MenuKeeper
from bot.matrix.openings import Openings
from bot.matrix.profile import Profile
from bot.matrix.reach import Reach
from bot.matrix.reconciler import Reconciler
from bot.matrix.rooms import Builder
from bot.matrix.wire import Wire
from bot.rosters.calendars import Calendars
from bot.store import law
from bot.store.engine import Store
from bot.text.phrasebook import Phrasebook
from bot.ways.carrier import Carrier


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
    wire: Wire
    words: Phrasebook
    desk: Desk
    courier: Courier
    carrier: Carrier
    reconciler: Reconciler
    builder: Builder
    line: Line
    doorman: Doorman
    bell: Bell
    requests: KeyRequests
    reach: Reach
    graces: tuple[Manners, Marks, Profile, MenuKeeper, Awakenings]
    """What the bot could do without, and people would rather not."""
    inspection: Inspection
    openings: Openings
    calendars: Calendars

    async def run(self) -> None:
        """Run until cancelled, or until a part of the house ends: then all of it does."""
        async with asyncio.TaskGroup() as tasks:
            parts = (
                self.bell, self.reconciler, self.line, self.requests, self.doorman, self.reach,
                self.carrier, self.calendars,
            )  # fmt: skip
            for part in (*parts, *self.graces):
                tasks.create_task(part.run())
            tasks.create_task(self._carry())
            tasks.create_task(self._inspect())
            tasks.create_task(self._open())
            tasks.create_task(self.wire.ended())  # whoever is told first ends it for all
            self.courier.wake()
            self.reconciler.wake()

    async def _carry(self) -> None:
        """Carry letters once it is known which are in their rooms already."""
        await self.line.caught_up.wait()
        await self.courier.run()

    async def _inspect(self) -> None:
        """Compare the rooms with the law once nobody waits to be heard."""
        await self.line.caught_up.wait()
        await self.inspection.run()

    async def _open(self) -> None:
        """Make the rooms of what was opened, once nobody waits to be heard."""
        await self.line.caught_up.wait()
        await self.openings.run()

    def say(self, name: str, facts: Facts) -> str:
        """Say something as one line, in the region's language."""
        return self.words.line(name, facts, self.region.language, now=self.clock.now())

    async def arm(self) -> None:
        """Set what the law wants rung and nobody has set yet: meetings, digests, registers."""
        async with self.store.begin() as session:
            await law.take_in(session, self.region)
            for kind in self.desk.catalogue.kinds.values():
                if kind.arm:
                    await kind.arm(session, self.region, self.clock.now())
