"""What came and could not be read is kept, and what is to be done about it is set."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.incoming import Unreadable
from bot.domain.model import Unread
from bot.domain.unread import ASK, ASKED_AFTER, EXPIRE, KEPT, MOST, TELL, told_at
from bot.store import deadlines, unread

log = structlog.get_logger()


async def keep(session: AsyncSession, event: Unreadable, now: datetime) -> None:
    """Keep the event as it came; its key is awaited, then asked for, then its sender is told."""
    named = {"sender": event.sender, "room_id": event.room_id, "event_id": event.event_id}
    if not await unread.is_new(session, event.event_id):
        return
    if await unread.count(session, event.room_id, event.sender) >= MOST:
        log.warning("unread.too_many", **named)
        return
    log.info("unread.kept", **named)
    session.add(
        Unread(
            event_id=event.event_id, room_id=event.room_id, sender=event.sender,
            session_id=event.session_id, about=event.about, raw=event.raw, heard_at=now,
        )
    )  # fmt: skip
    await session.flush()
    await _set(session, f"{event.room_id} {event.sender}", now)


async def _set(session: AsyncSession, about: str, now: datetime) -> None:
    """Set what waits for the first of a run of messages; the later ones move nothing."""
    if await deadlines.waiting(session, ASK, about) is None:
        await deadlines.set_(session, ASK, about, now + ASKED_AFTER)
    if await deadlines.waiting(session, TELL, about) is None:
        told_before = await deadlines.last_rung(session, TELL, about)
        await deadlines.set_(session, TELL, about, told_at(now, told_before))
    if await deadlines.waiting(session, EXPIRE, "") is None:
        await deadlines.set_(session, EXPIRE, "", now + KEPT)
