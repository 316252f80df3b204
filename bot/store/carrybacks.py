"""Carry-backs: each organisation's part of a meeting, on its way home."""

from __future__ import annotations

from collections.abc import Collection

from sqlmodel import and_, col, not_, or_, select
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
    unread = and_(col(CarryBack.own_part).is_(False), col(CarryBack.received_at).is_(None))
    uncarried = and_(col(CarryBack.own_part).is_(True), col(CarryBack.carried_at).is_(None))
    to_carry = and_(col(CarryBack.carrier) == mxid, or_(unread, uncarried))
    to_confirm = and_(
        col(CarryBack.receiver_mxid) == mxid,
        col(CarryBack.carried_at).is_not(None),
        col(CarryBack.confirmed_at).is_(None),
    )
    theirs = select(CarryBack).where(or_(to_carry, to_confirm))
    return list(await session.exec(theirs.order_by(col(CarryBack.sent_at), col(CarryBack.id))))


async def owed_by(session: AsyncSession, functions: Collection[str]) -> list[CarryBack]:
    """List what these functions are to carry home or to confirm at home, oldest sent first."""
    unread = and_(col(CarryBack.own_part).is_(False), col(CarryBack.received_at).is_(None))
    uncarried = and_(col(CarryBack.own_part).is_(True), col(CarryBack.carried_at).is_(None))
    to_carry = and_(col(CarryBack.seat).in_(functions), or_(unread, uncarried))
    to_confirm = and_(
        col(CarryBack.receiver).in_(functions),
        col(CarryBack.carried_at).is_not(None),
        col(CarryBack.confirmed_at).is_(None),
    )
    theirs = select(CarryBack).where(or_(to_carry, to_confirm))
    return list(await session.exec(theirs.order_by(col(CarryBack.sent_at), col(CarryBack.id))))


async def not_home(session: AsyncSession, forum: str) -> list[CarryBack]:
    """List the forum's carry-backs that are not home, oldest deadline first.

    One with a part of its own is home when it is confirmed there, another when it is received.
    """
    own = col(CarryBack.own_part)
    unconfirmed = and_(own.is_(True), col(CarryBack.confirmed_at).is_(None))
    seen = or_(col(CarryBack.received_at).is_not(None), col(CarryBack.carried_at).is_not(None))
    unread = and_(own.is_(False), not_(seen))
    on_the_way = select(CarryBack).where(CarryBack.forum == forum, or_(unconfirmed, unread))
    by_deadline = on_the_way.order_by(col(CarryBack.confirm_by), col(CarryBack.id))
    return list(await session.exec(by_deadline))
