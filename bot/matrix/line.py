"""The line in: one sync answer is one transaction, with the place in the stream kept beside it.

Killed anywhere, the answer comes again and nothing of it was done (docs/decisions/0001).
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any

import structlog

from bot.dispatch.desk import Desk
from bot.domain.incoming import Moved
from bot.matrix.directs import Directs
from bot.matrix.ears import Batch, Ears
from bot.matrix.gaps import Gaps
from bot.matrix.keyring import Keyring
from bot.matrix.wire import MatrixRefusal, Unreachable, Wire
from bot.store import kept
from bot.store.engine import Store

log = structlog.get_logger()

LONG_POLL_MS = 30_000
FIRST_SECONDS = 300.0  # a first answer of many rooms takes its time
LONGEST_WAIT = 60.0  # seconds between attempts when the server is silent
ECHO_SECONDS = 0.01  # while the bot talks, its echoes are taken several at a time
AGAIN = (0.2, 0.5, 1.0)  # seconds after each attempt to follow an invitation
SINCE = "sync.since"
FILTER = (
    '{"presence":{"not_types":["*"]},"account_data":{"types":["m.direct"]},'
    '"room":{"ephemeral":{"not_types":["*"]},"account_data":{"not_types":["*"]},'
    '"state":{"lazy_load_members":false},"timeline":{"limit":100}}}'
)


@dataclass
class Line:
    """Reads the stream, batch by batch, for as long as the house stands.

    `kept_batch` is called after each commit with what was in it: it wakes the courier, the bell
    and whoever watches.
    """

    wire: Wire
    keyring: Keyring
    ears: Ears
    store: Store
    desk: Desk
    directs: Directs
    now: Callable[[], datetime]
    kept_batch: Callable[[Batch, Mapping[str, Any]], None]
    caught_up: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while all that the server has is read: until then nobody can be called silent."""

    def __post_init__(self) -> None:
        """Set up what fetches the parts of the stream that an answer leaves out."""
        self._gaps = Gaps(self.wire)

    async def run(self) -> None:
        """Read until cancelled; MatrixRefusal when the server will not have us any more."""
        since = await self._since()
        wait = 1.0
        while True:
            try:
                told = await self._ask(since, at_once=not self.caught_up.is_set())
                sync = await self._gaps.filled(told, since)
            except (Unreachable, MatrixRefusal) as silent:
                if isinstance(silent, MatrixRefusal) and not _passes(silent):
                    raise
                self.caught_up.clear()
                log.warning("sync.silent", why=str(silent), wait_seconds=wait)
                await asyncio.sleep(wait * random.uniform(0.5, 1.0))  # noqa: S311 - jitter
                wait = min(wait * 2, LONGEST_WAIT)
                continue
            wait = 1.0
            since = await self.take(sync, since)
            self.caught_up.set()

    async def take(self, sync: Mapping[str, Any], since: str | None) -> str:
        """Deal with one answer: keys first, then all events and the new place in one go."""
        self.keyring.hear(sync)
        await self._publish()  # before reading: it asks whose devices the new keys came from
        batch = self.ears.read(sync, first=since is None)
        if batch.events or batch.next_batch != since:
            async with self.store.begin() as session:
                await self.desk.hear(session, batch.events, self.now())
                await kept.put(session, SINCE, batch.next_batch)
        for event in batch.events:
            if isinstance(event, Moved):
                self.directs.moved(event.mxid)
        for room_id, inviter in batch.invites:
            await self._come(room_id, inviter)
        self.kept_batch(batch, sync)
        if batch.events and batch.only_echoes:
            await asyncio.sleep(ECHO_SECONDS)
        return batch.next_batch

    async def _ask(self, since: str | None, *, at_once: bool) -> dict[str, Any]:
        query = {"filter": FILTER, "timeout": "0" if at_once else str(LONG_POLL_MS)}
        if since is not None:
            query["since"] = since
        seconds = FIRST_SECONDS if since is None else LONG_POLL_MS / 1000 + 15
        return await self.wire.call(
            "GET", "/_matrix/client/v3/sync", query=query, timeout=seconds, patience=0.0
        )

    async def _since(self) -> str | None:
        async with self.store.read() as session:
            return await kept.get(session, SINCE)

    async def _come(self, room_id: str, inviter: str) -> None:
        """Follow an invitation. One from another server may be here before it is there."""
        for wait in AGAIN:
            try:
                await self.directs.adopt(room_id, inviter)
            except Unreachable as gone:
                log.warning("invite.failed", room_id=room_id, why=str(gone))
                return
            except MatrixRefusal as refused:
                log.warning("invite.refused", room_id=room_id, why=str(refused))
                await asyncio.sleep(wait)
            else:
                return

    async def _publish(self) -> None:
        try:
            await self.keyring.publish(self.wire)
        except (MatrixRefusal, Unreachable) as refused:
            log.warning("keys.unpublished", why=str(refused))


def _passes(refusal: MatrixRefusal) -> bool:
    """Tell whether it is worth asking again: not once the server has done with our token."""
    return refusal.for_now and refusal.status != HTTPStatus.UNAUTHORIZED


def has_moves(batch: Batch) -> bool:
    """Tell whether anybody came or went."""
    return any(isinstance(event, Moved) for event in batch.events)
