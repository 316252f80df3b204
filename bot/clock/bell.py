"""The bell: APScheduler wakes the house at the next deadline. What is due is in the database.

Its job stores are not used and its jobs hold nothing: a bell that is lost is hung up again from
the rows (docs/decisions/0004).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger

from bot.clock.wall import Clock

LONGEST_SLEEP = timedelta(minutes=1)  # so that a clock set right, or a roster, is noticed
_JOB = "bell"


class Bell:
    """Rings what is due, then sleeps until the next is.

    `ring` deals with all that is due and returns when there is nothing more; `next_due` tells
    when the next is, or None.
    """

    def __init__(
        self,
        clock: Clock,
        next_due: Callable[[], Awaitable[datetime | None]],
        ring: Callable[[], Awaitable[None]],
    ) -> None:
        """Hang the bell up; nothing rings before `run`."""
        self._clock, self._next_due, self._ring = clock, next_due, ring
        self._wanted = asyncio.Event()
        self._scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"misfire_grace_time": None}
        )

    def wake(self) -> None:
        """Say that deadlines may have changed, or the clock."""
        self._wanted.set()

    async def run(self) -> None:
        """Ring until cancelled."""
        self._scheduler.start()
        try:
            while True:
                self._wanted.clear()
                await self._ring()
                await self._sleep_until(await self._next_due())
                await self._wanted.wait()
        finally:
            self._scheduler.shutdown(wait=False)

    async def _sleep_until(self, due: datetime | None) -> None:
        latest = self._clock.now() + LONGEST_SLEEP
        self._scheduler.add_job(
            self._wanted.set,
            DateTrigger(min(due or latest, latest)),
            id=_JOB,
            replace_existing=True,
        )
