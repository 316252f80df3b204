"""Unread messages: kept as they came, until they can be read or are too old."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlmodel import col, delete, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import Handled, Unread, UnreadState
from bot.store.portions import portions

UNTOLD = (UnreadState.WAITING, UnreadState.WANTED, UnreadState.ASKED)
"""Before the sender has been told."""


async def is_new(session: AsyncSession, event_id: str) -> bool:
    """Tell whether the event is neither kept unread nor handled already."""
    kept = select(Unread.event_id).where(Unread.event_id == event_id)
    done = select(Handled.event_id).where(Handled.event_id == event_id)
    found = [(await session.exec(each)).first() for each in (kept, done)]
    return found == [None, None]


async def count(session: AsyncSession, room_id: str, sender: str) -> int:
    """Count what is kept of a person in a room."""
    own = select(func.count()).select_from(Unread)
    of = own.where(col(Unread.room_id) == room_id, col(Unread.sender) == sender)
    return (await session.exec(of)).one()


async def every(session: AsyncSession) -> list[Unread]:
    """List what is kept, in the order it came."""
    return list(await session.exec(select(Unread).order_by(col(Unread.position))))


async def of(session: AsyncSession, room_id: str, sender: str) -> list[Unread]:
    """List what a person wrote in a room and has not been told of, in the order it came."""
    own = select(Unread).where(Unread.room_id == room_id, Unread.sender == sender)
    untold = own.where(col(Unread.state).in_(UNTOLD))
    return list(await session.exec(untold.order_by(col(Unread.position))))


async def between(session: AsyncSession, since: datetime, until: datetime) -> list[Unread]:
    """List what came from one moment up to another, both included, and is still unread."""
    there = select(Unread).where(col(Unread.heard_at) >= since, col(Unread.heard_at) <= until)
    return list(await session.exec(there.order_by(col(Unread.position))))


async def wanted(session: AsyncSession) -> list[Unread]:
    """List those whose key is to be asked for, in the order they came."""
    due = select(Unread).where(Unread.state == UnreadState.WANTED)
    return list(await session.exec(due.order_by(col(Unread.position))))


async def asked(session: AsyncSession, event_ids: Collection[str]) -> None:
    """Note that the keys of these have been asked for."""
    for some in portions(event_ids):
        those = update(Unread).where(
            col(Unread.event_id).in_(some), col(Unread.state) == UnreadState.WANTED
        )
        await session.exec(those.values(state=UnreadState.ASKED))


async def spoken(session: AsyncSession, room_id: str, sender: str) -> None:
    """Note that somebody who was told to send something again has written in that room."""
    told = update(Unread).where(
        col(Unread.room_id) == room_id,
        col(Unread.sender) == sender,
        col(Unread.state) == UnreadState.TOLD,
    )
    await session.exec(told.values(state=UnreadState.SPOKEN))


async def let_go(session: AsyncSession, event_ids: Iterable[str]) -> None:
    """Forget what has been read."""
    for some in portions(list(event_ids)):
        await session.exec(delete(Unread).where(col(Unread.event_id).in_(some)))


async def take_back(session: AsyncSession, sender: str, event_id: str) -> None:
    """Forget what its own writer has removed; who else removes it has no say in what it answers."""
    own = delete(Unread).where(col(Unread.event_id) == event_id, col(Unread.sender) == sender)
    await session.exec(own)


async def expire(session: AsyncSession, before: datetime) -> datetime | None:
    """Forget what came before that moment; tell when the oldest that is left came."""
    await session.exec(delete(Unread).where(col(Unread.heard_at) <= before))
    return (await session.exec(select(func.min(Unread.heard_at)))).one()
