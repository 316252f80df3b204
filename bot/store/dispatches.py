"""Dispatches: what is to go out by mail or webhook, and what became of it."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import and_, col, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.dispatches import CALL
from bot.domain.model import Dispatch, DispatchState
from bot.domain.region import WayKind
from bot.store import deadlines

SUMMONS_TOLD, INCIDENT_TOLD = "summons.told", "incident.told"
"""The deadlines at which what is known of what has gone out is told; their subject is its id."""


async def write(session: AsyncSession, new: Dispatch) -> bool:
    """Lay a dispatch with the others, unless that person is told of that occasion by that way."""
    same = select(Dispatch.id).where(
        Dispatch.about == new.about, Dispatch.occasion == new.occasion, Dispatch.kind == new.kind,
        Dispatch.address == new.address, Dispatch.mxid == new.mxid,
    )  # fmt: skip
    if (await session.exec(same)).first() is not None:
        return False
    session.add(new)
    await session.flush()
    return True


async def of(session: AsyncSession, about: str) -> list[Dispatch]:
    """List what has gone out about a summons or an incident, or is to, the oldest first."""
    there = select(Dispatch).where(Dispatch.about == about)
    return list(await session.exec(there.order_by(col(Dispatch.written_at), col(Dispatch.id))))


async def to_carry(session: AsyncSession, now: datetime) -> list[Dispatch]:
    """List what is to be carried, the oldest first.

    A webhook that may have arrived is carried again while it is of use: its receiver knows it by
    its key. A mail that may have arrived is not.
    """
    again = and_(
        Dispatch.state == DispatchState.UNKNOWN,
        Dispatch.kind == WayKind.WEBHOOK,
        col(Dispatch.until) > now,
    )
    there = select(Dispatch).where(or_(Dispatch.state == DispatchState.WAITING, again))
    return list(await session.exec(there.order_by(col(Dispatch.written_at), col(Dispatch.id))))


async def let_go(session: AsyncSession, about: str, now: datetime) -> None:
    """Have nothing more carried about it: it is called off. What was delivered stays so."""
    of_use = update(Dispatch).where(col(Dispatch.about) == about, col(Dispatch.until) > now)
    await session.exec(of_use.values(until=now))


async def until(session: AsyncSession, dispatch: Dispatch) -> datetime:
    """Tell until when it is of use, as is known now."""
    there = select(Dispatch.until).where(Dispatch.id == dispatch.id)
    return (await session.exec(there)).one()


async def broken_off(session: AsyncSession) -> list[Dispatch]:
    """List those that were on their way when the bot was stopped."""
    there = select(Dispatch).where(Dispatch.state == DispatchState.SENDING)
    return list(await session.exec(there.order_by(col(Dispatch.written_at))))


async def begin(session: AsyncSession, dispatch_id: str) -> None:
    """Note that it is on its way: from now on it may have arrived."""
    sending = update(Dispatch).where(col(Dispatch.id) == dispatch_id)
    await session.exec(sending.values(state=DispatchState.SENDING))


async def note(
    session: AsyncSession, dispatch: Dispatch, state: DispatchState, why: str, now: datetime
) -> None:
    """Note what became of a try."""
    noted = update(Dispatch).where(col(Dispatch.id) == dispatch.id)
    tries = dispatch.tries + 1
    await session.exec(noted.values(state=state, why=why, tries=tries, changed_at=now))


async def let_tell(session: AsyncSession, dispatch: Dispatch, now: datetime) -> None:
    """Have it told what is known of what it is about: more is known now."""
    kind = SUMMONS_TOLD if dispatch.occasion == CALL else INCIDENT_TOLD
    await deadlines.set_(session, kind, dispatch.about, now)
