"""What could not be read is read when its key has come: in its order, and once."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.incoming import Incoming, Said, Unreadable
from bot.domain.model import Unread, UnreadState
from bot.store import unread
from bot.store.engine import Store

log = structlog.get_logger()


class Rereads(Protocol):
    """What this needs of the ears."""

    def reread(self, room_id: str, raw: dict[str, Any]) -> Incoming | None:
        """Read one event again."""


class Knows(Protocol):
    """What this needs of the keyring."""

    def known(self, room_id: str, sender: str, session_id: str) -> Hashable | None:
        """Tell, in a value that changes when it does, what there is to read with."""


@dataclass
class Rereading:
    """Tries what is unread when there is something new to try it with.

    Asked at every batch: a key may have come just before a crash, and then nothing tells of it.
    """

    store: Store
    ears: Rereads
    keyring: Knows
    _perhaps: bool = True
    _tried: dict[str, Hashable] = field(default_factory=dict)

    async def ready(self) -> dict[str, Incoming | None]:
        """Give what can be read now, by event id, in the order it came; None is nothing for us."""
        if not self._perhaps:
            return {}
        async with self.store.read() as session:
            rows = await unread.every(session)
        self._perhaps = bool(rows)
        read: dict[str, Incoming | None] = {}
        for row in rows:
            event = self._read(row)
            if not isinstance(event, Unreadable):
                read[row.event_id] = None if _is_said_again(row, event, read.values()) else event
        return read

    def _read(self, row: Unread) -> Incoming | None:
        """Read one, unless nothing has changed since it was last tried."""
        still = Unreadable(
            row.event_id, row.room_id, row.sender, row.heard_at, session_id="", raw=""
        )
        key = self.keyring.known(row.room_id, row.sender, row.session_id)
        if key is None or self._tried.get(row.event_id) == key:
            return still
        self._tried[row.event_id] = key
        try:
            event = self.ears.reread(row.room_id, json.loads(row.raw))
        except ValueError:
            return still
        return replace(event, heard_at=row.heard_at) if event else None

    async def take_in(
        self, session: AsyncSession, read: Iterable[str], events: Iterable[Incoming]
    ) -> None:
        """Note, in the batch's transaction, what is read and who has written again."""
        for event_id in read:
            self._tried.pop(event_id, None)
        await unread.let_go(session, read)
        for event in events:
            self._perhaps = self._perhaps or isinstance(event, Unreadable)
            if self._perhaps and isinstance(event, Said):
                await unread.spoken(session, event.room_id, event.sender)


def _is_said_again(row: Unread, event: Incoming | None, before: Iterable[Incoming | None]) -> bool:
    """Tell whether the words have been said again since: their writer was told to.

    A form or a reaction filled in twice is the same; a meeting called twice is two.
    """
    if not isinstance(event, Said):
        return False
    twin = any(
        isinstance(each, Said)
        and (each.room_id, each.sender, each.body) == (event.room_id, event.sender, event.body)
        for each in before
    )
    again = row.state == UnreadState.SPOKEN or twin
    if again:
        log.info("event.said_again", sender=row.sender, event_id=row.event_id)
    return again
