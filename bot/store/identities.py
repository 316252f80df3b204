"""Pinned identities, and the answers held until somebody vouches for a new one."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, delete, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import Held, Identity
from bot.store import deadlines

VOUCHED = "identity.vouched"
"""The deadline at which what waited for a person is heard again; its subject is the mxid."""


async def get(session: AsyncSession, mxid: str) -> Identity | None:
    """Find the identity that is pinned to a person."""
    return (await session.exec(select(Identity).where(Identity.mxid == mxid))).one_or_none()


async def changed(session: AsyncSession) -> list[Identity]:
    """List those whose identity has changed and for whom nobody has vouched, the longest first."""
    waiting = select(Identity).where(col(Identity.changed_to).is_not(None))
    return list(await session.exec(waiting.order_by(col(Identity.changed_at), col(Identity.mxid))))


async def vouch(
    session: AsyncSession, pin: Identity, by: str | None, how: str, now: datetime
) -> None:
    """Move the pin to the new identity; what waited for it is heard again at the next ring.

    `by` is a person, None for who runs the bot, at its console.
    """
    pin.master, pin.changed_to = pin.changed_to or pin.master, None
    pin.devices, pin.changed_at = {}, None
    pin.vouched_by, pin.vouched_how, pin.vouched_at = by, how, now
    await deadlines.set_(session, VOUCHED, pin.mxid, now)


async def held(session: AsyncSession, mxid: str) -> list[Held]:
    """List what waits for a person, as it came."""
    waiting = select(Held).where(Held.mxid == mxid).order_by(col(Held.held_at), col(Held.event_id))
    rows = list(await session.exec(waiting))
    return sorted(rows, key=lambda row: (row.held_at, row.event.get("sent_at", "")))


async def held_count(session: AsyncSession, mxid: str) -> int:
    """Count what waits for a person."""
    return (await session.exec(select(func.count()).where(col(Held.mxid) == mxid))).one()


async def let_go(session: AsyncSession, mxid: str, event_id: str | None = None) -> None:
    """Forget what waits for a person, or one event of theirs."""
    one = [col(Held.event_id) == event_id] if event_id else []
    await session.exec(delete(Held).where(col(Held.mxid) == mxid, *one))
