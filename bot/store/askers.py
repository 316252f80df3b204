"""What is known of those who ask, looked up for many at once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import Holding, Override, Person
from bot.store import holdings, people

WATCHED = (Holding, Override, Person)


class Askers:
    """The people of one batch and what they hold, as this transaction sees them.

    Whatever the transaction itself writes about people or holdings, or takes back, has them looked
    up anew; nobody else can write while it lasts.
    """

    def __init__(self, session: AsyncSession, mxids: Collection[str], now: datetime) -> None:
        self._session, self._mxids, self._now = session, mxids, now
        self._held: dict[str, list[Holding]] = {}
        self._people: dict[str, Person] = {}
        self._stale = True
        watched = session.sync_session
        event.listen(watched, "after_flush", self._flushed)
        event.listen(watched, "after_soft_rollback", self._undone)
        event.listen(watched, "do_orm_execute", self._executed)

    async def held_by(self, mxid: str) -> tuple[Holding, ...]:
        """List which functions a person has now, by function."""
        await self._look()
        return tuple(self._held.get(mxid, ()))

    async def person(self, mxid: str) -> Person | None:
        """Find the person."""
        await self._look()
        return self._people.get(mxid)

    async def _look(self) -> None:
        sync = self._session.sync_session
        if not self._stale and not _about_them(sync.new) and not _about_them(sync.deleted):
            return
        self._held = await holdings.held_by_each(self._session, self._mxids, self._now)
        self._people = await people.among(self._session, self._mxids)
        self._stale = False

    def _flushed(self, session: Any, _context: object) -> None:  # noqa: ANN401 - SQLAlchemy's
        written = (session.new, session.dirty, session.deleted)
        self._stale = self._stale or any(map(_about_them, written))

    def _undone(self, _session: object, _transaction: object) -> None:
        self._stale = True

    def _executed(self, state: ORMExecuteState) -> None:
        mapper = None if state.is_select else state.bind_mapper
        self._stale = self._stale or (mapper is not None and mapper.class_ in WATCHED)


def _about_them(rows: Any) -> bool:  # noqa: ANN401 - SQLAlchemy's own set
    return any(isinstance(row, WATCHED) for row in rows)
