"""Carry-backs: each organisation's part of a meeting, on its way home."""

from __future__ import annotations

from sqlmodel import and_, col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import CarryBack


async def by_id(session: AsyncSession, carryback_id: str) -> CarryBack | None:
    """Find the carry-back with that id (AF-2026-0014)."""
    found = select(CarryBack).where(CarryBack.id == carryback_id)
    return (await session.exec(found)).one_or_none()


async def of_meeting(session: AsyncSession, meeting: str) -> list[CarryBack]:
    """List the meeting's carry-backs, by id."""
    parts = select(CarryBack).where(CarryBack.meeting == meeting).order_by(col(CarryBack.id))
    return list(await session.exec(parts))


async def waiting_for(session: AsyncSession, mxid: str) -> list[CarryBack]:
    """List what this person is to carry home or to confirm at home, oldest sent first."""
    to_carry = and_(col(CarryBack.carrier) == mxid, col(CarryBack.carried_at).is_(None))
    to_confirm = and_(
        col(CarryBack.receiver_mxid) == mxid,
        col(CarryBack.carried_at).is_not(None),
        col(CarryBack.confirmed_at).is_(None),
    )
    theirs = select(CarryBack).where(or_(to_carry, to_confirm))
    return list(await session.exec(theirs.order_by(col(CarryBack.sent_at), col(CarryBack.id))))


async def not_home(session: AsyncSession, forum: str) -> list[CarryBack]:
    """List the forum's carry-backs that nobody at home has confirmed, oldest deadline first."""
    unconfirmed = select(CarryBack).where(
        CarryBack.forum == forum, col(CarryBack.confirmed_at).is_(None)
    )
    by_deadline = unconfirmed.order_by(col(CarryBack.confirm_by), col(CarryBack.id))
    return list(await session.exec(by_deadline))
