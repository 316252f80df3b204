"""What a considerate client shows besides its words: that it has read, and that it is writing.

Nothing waits for any of it. A failure is logged and forgotten: the next one says it all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import structlog

from bot.domain.incoming import Event, Reacted, Said, Unreadable, Voted
from bot.matrix.room_reader import CLIENT
from bot.matrix.seconds import now as _now
from bot.matrix.wire import MatrixRefusal, Unreachable, Wire, quote

log = structlog.get_logger()

READ_SECONDS = 3.0  # what is read meanwhile is marked with one request for each room
TYPING_AFTER = 1.0  # seconds from hearing until it shows that the answer is on its way
TYPING_LASTS = 20.0  # seconds; after that it is said again
TYPING_AT_MOST = 120.0  # seconds; an answer that takes longer waits for something else
SIDE_BY_SIDE = 4
HEARD = Said | Reacted | Voted | Unreadable


@dataclass
class Manners:
    """Marks what has been read, and shows that the bot is writing where an answer takes long.

    `_waiting` has, by room, the events that wait for their answer, and when each was heard. In the
    ordinary case that is one timer a room which finds nothing to do.
    """

    wire: Wire
    me: str
    _read: dict[str, str] = field(default_factory=dict)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _waiting: dict[str, dict[str, float]] = field(default_factory=dict)
    _timers: dict[str, asyncio.TimerHandle] = field(default_factory=dict)
    _writing: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _over: bool = False

    def heard(self, events: Collection[Event], answered: Collection[str]) -> None:
        """Take in what has been dealt with; `answered` are those whose answer is on its way."""
        now = _now()
        for event in events:
            if isinstance(event, HEARD):
                self._read[event.room_id] = event.event_id
                if event.event_id in answered:
                    self._waiting.setdefault(event.room_id, {})[event.event_id] = now
                    self._look_in(event.room_id, TYPING_AFTER)
        if self._read:
            self._news.set()

    def said(self, room_id: str, answered: str | None) -> None:
        """Take in that a letter is in its room: that answer, or something said unasked."""
        waiting = self._waiting.get(room_id, {})
        waiting.pop(answered or "", None)
        if answered is None or not waiting:
            self._waiting.pop(room_id, None)
            if writing := self._writing.pop(room_id, None):
                writing.cancel()

    async def run(self) -> None:
        """Mark what has been read until cancelled, room by room."""
        try:
            while True:
                await self._news.wait()
                await asyncio.sleep(READ_SECONDS)
                self._news.clear()
                read, self._read = self._read, {}
                turns = asyncio.Semaphore(SIDE_BY_SIDE)
                await asyncio.gather(*(self._mark(turns, *each) for each in read.items()))
        finally:
            self._over = True
            for timer in self._timers.values():
                timer.cancel()
            for writing in self._writing.values():
                writing.cancel()

    async def _mark(self, turns: asyncio.Semaphore, room_id: str, event_id: str) -> None:
        path = f"{CLIENT}/rooms/{quote(room_id)}/read_markers"
        async with turns:
            await self._ask("POST", path, {"m.fully_read": event_id, "m.read": event_id})

    def _look_in(self, room_id: str, after: float) -> None:
        """See after a while whether something still waits there, unless that is done already."""
        if room_id not in self._timers and room_id not in self._writing:
            loop = asyncio.get_running_loop()
            self._timers[room_id] = loop.call_later(after, self._late, room_id)

    def _late(self, room_id: str) -> None:
        """Begin to write visibly where something has waited long enough."""
        self._timers.pop(room_id, None)
        waiting = self._waiting.get(room_id)
        if not waiting:
            return
        waited = _now() - min(waiting.values())
        if waited < TYPING_AFTER:
            self._look_in(room_id, TYPING_AFTER - waited)
        else:
            self._writing[room_id] = asyncio.create_task(self._write_visibly(room_id))

    async def _write_visibly(self, room_id: str) -> None:
        """Show that an answer is coming, until it is there or has taken too long."""
        try:
            async with asyncio.timeout(TYPING_AT_MOST):
                while True:
                    await self._type(room_id, typing=True)
                    await asyncio.sleep(TYPING_LASTS)
        except TimeoutError:
            self._waiting.pop(room_id, None)
            self._writing.pop(room_id, None)
        except asyncio.CancelledError:
            log.debug("typing.done", room_id=room_id)
            if self._over:  # it lapses by itself
                raise
        await self._type(room_id, typing=False)

    async def _type(self, room_id: str, *, typing: bool) -> None:
        path = f"{CLIENT}/rooms/{quote(room_id)}/typing/{quote(self.me)}"
        lasts = {"timeout": int(TYPING_LASTS * 1500)} if typing else {}
        await self._ask("PUT", path, {"typing": typing, **lasts})

    async def _ask(self, method: str, path: str, body: dict[str, Any]) -> None:
        try:
            await self.wire.call(method, path, body, patience=5.0, once=True)
        except (MatrixRefusal, Unreachable) as refused:
            log.info("manners.refused", path=path.partition("/rooms/")[2], why=str(refused))
