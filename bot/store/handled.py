"""Handled events: what comes twice is acted on once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import insert
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import Handled
from bot.store.portions import portions


async def among(session: AsyncSession, event_ids: Collection[str]) -> set[str]:
    """Tell which of these events have been handled."""
    found: set[str] = set()
    for some in portions(event_ids):
        known = select(Handled.event_id).where(col(Handled.event_id).in_(some))
        found.update(await session.exec(known))
    return found


async def remember(session: AsyncSession, event_ids: Collection[str], now: datetime) -> None:
    """Remember new events as handled, from now on."""
    if event_ids:
        rows = [{"event_id": event_id, "handled_at": now} for event_id in event_ids]
        await session.exec(insert(Handled), params=rows)


async def forget(session: AsyncSession, before: datetime) -> None:
    """Forget the events handled before that moment: too old to come again."""
    await session.exec(delete(Handled).where(col(Handled.handled_at) < before))
