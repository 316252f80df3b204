"""Other homeservers: whose answers are waited for there, and when they were silent."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import (
    Agreement,
    AgreementState,
    Call,
    CallState,
    CallStep,
    Concerned,
    Holding,
    Meeting,
    MeetingState,
    Outage,
    StepState,
    Summons,
)
from bot.store import incident_record


async def awaited(session: AsyncSession, now: datetime) -> list[str]:
    """List those (mxids) who are asked now, by a call or for a position, or told what is urgent."""
    called = (
        select(CallStep.mxid)
        .join(Call, col(Call.id) == col(CallStep.call))
        .join(Summons, col(Summons.id) == col(Call.summons))
        .join(Meeting, col(Meeting.id) == col(Summons.meeting))
        .where(CallStep.state == StepState.ASKED)
        .where(col(Call.state).in_((CallState.ASKED, CallState.UNMANNED)))
        .where(col(Meeting.state).in_((MeetingState.CALLED, MeetingState.OPEN)))
    )
    proposed = (
        select(Holding.mxid)
        .join(Concerned, col(Concerned.function) == col(Holding.function))
        .join(Agreement, col(Agreement.id) == col(Concerned.agreement))
        .where(Agreement.state == AgreementState.PROPOSED)
        .where(or_(col(Holding.starts).is_(None), col(Holding.starts) <= now))
        .where(or_(col(Holding.ends).is_(None), col(Holding.ends) > now))
    )
    told = await incident_record.awaiting_first(session)
    return sorted({*await session.exec(called), *await session.exec(proposed), *told})


async def silent(session: AsyncSession) -> list[Outage]:
    """List the homeservers that are silent now."""
    lasting = select(Outage).where(col(Outage.until).is_(None))
    return list(await session.exec(lasting.order_by(col(Outage.id))))


async def silences(session: AsyncSession, since: datetime) -> list[Outage]:
    """List what was silent at any time from that moment on, the earliest first."""
    later = or_(col(Outage.until).is_(None), col(Outage.until) >= since)
    return list(await session.exec(select(Outage).where(later).order_by(col(Outage.id))))


async def last(session: AsyncSession, server: str) -> Outage | None:
    """Find the latest silence of a homeserver."""
    of = select(Outage).where(Outage.server == server).order_by(col(Outage.id).desc())
    return (await session.exec(of.limit(1))).first()


async def fell_silent(session: AsyncSession, server: str, mxid: str, now: datetime) -> bool:
    """Note that a homeserver did not answer; False if that was known."""
    known = await last(session, server)
    if known is not None and known.until is None:
        return False
    session.add(Outage(server=server, mxid=mxid, since=now))
    return True


async def answers(session: AsyncSession, server: str, now: datetime) -> bool:
    """Note that a homeserver answers again; False if it was never silent."""
    known = await last(session, server)
    if known is None or known.until is not None:
        return False
    known.until = now
    return True
