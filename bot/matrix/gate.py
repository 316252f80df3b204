"""One view of the homeserver for the whole house: whether it is there, and how much it bears.

While it answers, a few requests are under way at once. After a fault one goes at a time, and after
several in a row that one waits longer and longer, while all others stand in line: a homeserver
that comes back finds one request, and not everybody's.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import structlog
from prometheus_client import Gauge

from bot.matrix.seconds import now as _now

log = structlog.get_logger()

PLACES = 5  # requests under way at once, but for those that
SLOW = 2.0  # seconds have not answered: they wait for another server, and hold up nobody else
FIRST_WAIT = 0.15  # seconds after the second fault in a row; GROWTH times that after each more
GROWTH = 3.0
LONGEST_WAIT = 20.0  # seconds: how long it may be back before we know
AWAY = 4  # faults in a row that are no accident any more
GONE = Gauge("samverkan_homeserver_away", "1 while the homeserver answers nothing")


@dataclass
class Turn:
    """One request that has been let through; what came of it is noted here."""

    era: int
    probe: bool
    place: bool
    """Whether it still holds a place, or the one turn there is in doubt."""
    answered: bool | None = None
    """True for an answer or a refusal, False for a fault of the server's own; else unknown."""


class Gate:
    """Lets requests through. `longest` is the most seconds between two while nothing answers."""

    def __init__(self, longest: float = LONGEST_WAIT) -> None:
        self._longest = longest
        self._under_way = 0
        self._faults = 0
        self._era = 0  # what was sent before the last fault tells nothing new
        self._opens = 0.0
        self._left: float | None = None
        self._probe: Turn | None = None
        self._news = asyncio.Event()
        self._back = asyncio.Event()

    @property
    def away(self) -> bool:
        """Tell whether the homeserver answers nobody."""
        return self._left is not None

    @asynccontextmanager
    async def turn(self, until: float, *, long: bool) -> AsyncIterator[Turn]:
        """Wait for a turn and hold it; TimeoutError if there is none until then, by the loop.

        `long` is a request that the server keeps waiting by intention: it takes nobody's place,
        and cannot tell whether the server is there: TimeoutError while that is in doubt.
        """
        while (wait := self._wait(long=long)) != 0.0:
            await self._stand(wait, until)
        if long and self._faults:
            raise TimeoutError
        turn = self._enter(long=long)
        slow = asyncio.get_running_loop().call_later(SLOW, self._overtake, turn)
        try:
            yield turn
        finally:
            slow.cancel()
            self._leave(turn)

    async def rest(self, seconds: float) -> None:
        """Wait; shorter when the homeserver comes back meanwhile."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._back.wait()

    def _wait(self, *, long: bool) -> float | None:
        """Give the seconds to wait; None when somebody's leaving must be waited for."""
        if long:
            return 0.0
        if self._faults:
            return max(0.0, self._opens - _now()) if self._probe is None else None
        return 0.0 if self._under_way < PLACES else None

    async def _stand(self, wait: float | None, until: float) -> None:
        left = until - _now()
        if left <= 0:
            raise TimeoutError
        longest = left if wait is None else min(wait, left)
        with suppress(TimeoutError):
            async with asyncio.timeout(None if longest == float("inf") else longest):
                await self._news.wait()

    def _enter(self, *, long: bool) -> Turn:
        turn = Turn(self._era, probe=self._faults > 0, place=not long)
        self._under_way += turn.place
        if turn.probe:
            self._probe = turn
        return turn

    def _overtake(self, turn: Turn) -> None:
        """Let others go on while a slow one waits; one that should tell has told enough."""
        self._give_up_place(turn)
        if turn.probe and turn.era == self._era:
            self._failed()

    def _leave(self, turn: Turn) -> None:
        known = turn.era == self._era or (turn.probe and turn.answered)
        self._give_up_place(turn)
        if turn.answered is not None and known:
            self._answered() if turn.answered else self._failed()

    def _give_up_place(self, turn: Turn) -> None:
        self._under_way -= turn.place
        turn.place = False
        if self._probe is turn:
            self._probe = None
        self._news.set()
        self._news = asyncio.Event()

    def _answered(self) -> None:
        self._faults = 0
        if self._left is not None:
            log.info("homeserver.back", away_seconds=round(_now() - self._left, 1))
            GONE.set(0)
            self._left = None
            self._back.set()
            self._back = asyncio.Event()

    def _failed(self) -> None:
        self._faults += 1
        self._era += 1
        wait = 0.0
        if self._faults > 1:
            wait = min(self._longest, FIRST_WAIT * GROWTH ** min(self._faults - 2, 10))
        self._opens = _now() + wait * random.uniform(0.9, 1.0)  # noqa: S311 - jitter
        if self._faults == AWAY:
            log.warning("homeserver.away")
            GONE.set(1)
            self._left = _now()
