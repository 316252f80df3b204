"""Summonses: the call to each seat, and who was asked in which order."""

from __future__ import annotations

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import Call, CallState, CallStep, Meeting, MeetingState, Summons

UNSETTLED = (CallState.ASKED, CallState.ACKNOWLEDGED)
"""A seat in these states has not said whether it comes."""


async def by_id(session: AsyncSession, summons_id: str) -> Summons | None:
    """Find the summons with that id (KA-2026-014)."""
    return (await session.exec(select(Summons).where(Summons.id == summons_id))).one_or_none()


async def of_meeting(session: AsyncSession, meeting: str) -> Summons | None:
    """Find the newest summons to a meeting."""
    made = select(Summons).where(Summons.meeting == meeting)
    newest = made.order_by(col(Summons.made_at).desc(), col(Summons.id).desc()).limit(1)
    return (await session.exec(newest)).first()


async def calls(session: AsyncSession, summons: str) -> list[Call]:
    """List the calls of a summons, in the order the seats were called."""
    return list(
        await session.exec(select(Call).where(Call.summons == summons).order_by(col(Call.id)))
    )


async def call(session: AsyncSession, call_id: int) -> Call | None:
    """Find one seat's call."""
    return (await session.exec(select(Call).where(Call.id == call_id))).one_or_none()


async def steps(session: AsyncSession, call_id: int) -> list[CallStep]:
    """List the people in a call's chain, in the order they are asked."""
    chain = select(CallStep).where(CallStep.call == call_id).order_by(col(CallStep.order))
    return list(await session.exec(chain))


async def asked_of(session: AsyncSession, mxid: str) -> list[Call]:
    """List the calls that this person was asked about and that nobody has settled.

    Only for meetings that are not over; the one asked last comes last.
    """
    waiting = (
        select(Call)
        .join(CallStep, col(CallStep.call) == col(Call.id))
        .join(Summons, col(Summons.id) == col(Call.summons))
        .join(Meeting, col(Meeting.id) == col(Summons.meeting))
        .where(CallStep.mxid == mxid, col(CallStep.asked_at).is_not(None))
        .where(col(Call.state).in_(UNSETTLED))
        .where(col(Meeting.state).in_((MeetingState.CALLED, MeetingState.OPEN)))
        .order_by(col(CallStep.asked_at), col(CallStep.id))
    )
    return list(await session.exec(waiting))


async def steps_of(session: AsyncSession, summons: str) -> dict[int, list[CallStep]]:
    """Give the people asked for each call of a summons, by the call's id, in the order asked."""
    asked = (
        select(CallStep)
        .join(Call, col(Call.id) == col(CallStep.call))
        .where(Call.summons == summons)
        .order_by(col(CallStep.call), col(CallStep.order))
    )
    by_call: dict[int, list[CallStep]] = {}
    for step in await session.exec(asked):
        by_call.setdefault(step.call, []).append(step)
    return by_call


async def running(session: AsyncSession) -> list[Summons]:
    """List the summonses to meetings that are not over, the newest first."""
    to_come = (
        select(Summons)
        .join(Meeting, col(Meeting.id) == col(Summons.meeting))
        .where(col(Meeting.state).in_((MeetingState.CALLED, MeetingState.OPEN)))
        .order_by(col(Summons.made_at).desc(), col(Summons.id).desc())
    )
    return list(await session.exec(to_come))
