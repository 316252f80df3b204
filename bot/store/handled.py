"""Handled events: what comes twice is acted on once."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import Handled


async def first_time(session: AsyncSession, event_id: str, now: datetime) -> bool:
    """Tell whether the event is new, and remember it from now on."""
    known = select(Handled.event_id).where(Handled.event_id == event_id)
    if (await session.exec(known)).first() is not None:
        return False
    session.add(Handled(event_id=event_id, handled_at=now))
    return True


async def forget(session: AsyncSession, before: datetime) -> None:
    """Forget the events handled before that moment: too old to come again."""
    await session.exec(delete(Handled).where(col(Handled.handled_at) < before))
