"""The line in: one sync answer is one transaction, with the place in the stream kept beside it.

Killed anywhere, the answer comes again and nothing of it was done (docs/decisions/0001).
"""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import structlog

from bot.dispatch.desk import Desk
from bot.domain.incoming import Incoming, Moved, Sealed, Troubled
from bot.domain.model import Invitation
from bot.matrix.directs import Directs
from bot.matrix.ears import Batch, Ears
from bot.matrix.gaps import Gaps
from bot.matrix.keyring import Keyring
from bot.matrix.newcomers import Newcomers
from bot.matrix.own_identity import OwnIdentity
from bot.matrix.recount import Recount
from bot.matrix.rereading import Rereading
from bot.matrix.wire import LoggedOut, MatrixRefusal, Unreachable, Wire
from bot.store import invitations, kept
from bot.store.engine import Store

log = structlog.get_logger()

LONG_POLL_MS = 30_000
SHORT_POLL_MS = 1_000  # while it may soon be known whose devices wrote what is unread
FIRST_SECONDS = 300.0  # a first answer of many rooms takes its time
FIRST_WAIT = 0.1  # seconds before a sync that failed is tried again; doubled each time
LONGEST_WAIT = 20.0  # seconds between attempts when the server is silent
ECHO_SECONDS = 0.01  # while the bot talks, its echoes are taken several at a time
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
    identity: OwnIdentity | None = None
    dealt_with: Callable[[Collection[Incoming], Collection[str]], None] = lambda *_: None
    """Told of what was heard, and of the events among it that will be answered where they are."""
    caught_up: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while all that the server has is read: until then nobody can be called silent."""

    def __post_init__(self) -> None:
        """Set up what fetches what an answer leaves out, and what reads what could not be read."""
        self._gaps = Gaps(self.wire, Recount(self.wire, self.store))
        self._rereading = Rereading(self.store, self.ears, self.keyring)
        self._newcomers = Newcomers(self.wire, self.keyring, self.store, self.ears.me)
        self._soon = False

    async def run(self) -> None:
        """Read until cancelled; MatrixRefusal when the server will not have us any more."""
        since = await self._since()
        wait = FIRST_WAIT
        while True:
            try:
                told = await self._ask(since, at_once=not self.caught_up.is_set())
                if self._gaps.are_in(told):
                    self.caught_up.clear()  # nothing closes over what is still to be fetched
                sync = await self._gaps.filled(told, since)
            except (Unreachable, MatrixRefusal) as silent:
                if isinstance(silent, MatrixRefusal) and not _passes(silent):
                    raise  # a LoggedOut too, which ends the house
                self.caught_up.clear()
                log.warning("sync.silent", why=str(silent), wait_seconds=wait)
                await self.wire.rest(wait * random.uniform(0.5, 1.0))  # noqa: S311 - jitter
                wait = min(wait * 2, LONGEST_WAIT)
                continue
            wait = FIRST_WAIT
            since = await self.take(sync, since)
            self.caught_up.set()

    async def take(self, sync: Mapping[str, Any], since: str | None) -> str:
        """Deal with one answer: keys first, then all events and the new place in one go."""
        self.keyring.hear(sync)
        self.keyring.meet(sync)
        if self.identity is not None:
            self.identity.hear(sync)
        await self._publish()  # before reading: it asks whose devices the new keys came from
        asking = self.keyring.is_asking
        late = await self._rereading.ready()
        batch = self.ears.read(sync, first=since is None)
        found = await self._newcomers.equipped(batch.events) if self._looks(since) else ()
        heard = (*(event for event in late.values() if event), *batch.events)
        events = (*heard, *found)
        if late or events or batch.next_batch != since:
            async with self.store.begin() as session:
                await self._rereading.take_in(session, late, batch.events)
                answered = await self.desk.hear(session, events, self.now())
                await invitations.note(session, _waiting(batch, self.now()))
                await kept.put(session, SINCE, batch.next_batch)
            self.dealt_with(heard, answered)
        for event in batch.events:
            if isinstance(event, Moved):
                self.directs.moved(event.mxid, event.room_id)
        self.kept_batch(replace(batch, events=heard, waking=bool(found)), sync)
        self._soon = asking or self.keyring.is_asking
        if batch.events and batch.only_echoes:
            await asyncio.sleep(ECHO_SECONDS)
        return batch.next_batch

    def _looks(self, since: str | None) -> bool:
        """Tell whether it matters who has a device: not in clear, nor of all that are there."""
        return since is not None and self.directs.encrypted

    async def _ask(self, since: str | None, *, at_once: bool) -> dict[str, Any]:
        poll = 0 if at_once else SHORT_POLL_MS if self._soon else LONG_POLL_MS
        query = {"filter": FILTER, "timeout": str(poll)}
        if since is not None:
            query["since"] = since
        seconds = FIRST_SECONDS if since is None else LONG_POLL_MS / 1000 + 15
        return await self.wire.call(
            *("GET", "/_matrix/client/v3/sync"),
            query=query,
            timeout=seconds,
            patience=math.inf,
            once=True,
        )

    async def _since(self) -> str | None:
        async with self.store.read() as session:
            return await kept.get(session, SINCE)

    async def _publish(self) -> None:
        try:
            await self.keyring.publish(self.wire)
        except (MatrixRefusal, Unreachable) as refused:
            log.warning("keys.unpublished", why=str(refused))
        if self.identity is not None:
            await self.identity.keep()


def _passes(refusal: MatrixRefusal) -> bool:
    """Tell whether it is worth asking again: not once the server has done with our token."""
    return refusal.for_now and not isinstance(refusal, LoggedOut)


def sealings(batch: Batch) -> list[str]:
    """List the rooms that have become encrypted, or are not what they were in another way."""
    return [event.room_id for event in batch.events if isinstance(event, Sealed | Troubled)]


def has_moves(batch: Batch) -> bool:
    """Tell whether anybody came or went."""
    return any(isinstance(event, Moved) for event in batch.events)


def _waiting(batch: Batch, now: datetime) -> Iterator[Invitation]:
    """Make rows of the invitations, which are answered once they are kept."""
    for room_id, inviter, direct in batch.invites:
        yield Invitation(room_id=room_id, inviter=inviter, direct=direct, heard_at=now)
