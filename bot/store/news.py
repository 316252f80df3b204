"""What has happened in some forums since a moment: told by its outcome, each thing once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.agreements import STANDING
from bot.domain.model import (
    Action,
    ActionState,
    Agreement,
    AgreementState,
    IncidentTurn,
    Meeting,
    MeetingState,
    Summons,
)


async def closed(
    session: AsyncSession, forums: Collection[str], since: datetime
) -> list[Agreement]:
    """List the proposals that have been closed, the latest first."""
    found = select(Agreement).where(
        col(Agreement.forum).in_(forums),
        col(Agreement.closed_at) > since,
        col(Agreement.state) != AgreementState.PROPOSED,
    )
    return list(await session.exec(found.order_by(col(Agreement.closed_at).desc())))


async def ended(
    session: AsyncSession, forums: Collection[str], since: datetime, now: datetime
) -> list[Agreement]:
    """List the agreements that held and do not any more, the latest first."""
    found = select(Agreement).where(
        col(Agreement.forum).in_(forums),
        col(Agreement.state).in_(STANDING),
        col(Agreement.valid_until) > since,
        col(Agreement.valid_until) <= now,
    )
    return list(await session.exec(found.order_by(col(Agreement.valid_until).desc())))


async def opened(
    session: AsyncSession, forums: Collection[str], since: datetime
) -> list[Agreement]:
    """List the proposals that have been made and still take positions, the first to close first."""
    found = select(Agreement).where(
        col(Agreement.forum).in_(forums),
        col(Agreement.proposed_at) > since,
        col(Agreement.state) == AgreementState.PROPOSED,
    )
    return list(await session.exec(found.order_by(col(Agreement.closes_at))))


async def published(
    session: AsyncSession, forums: Collection[str], since: datetime
) -> list[Meeting]:
    """List the meetings whose digest has been published, the latest first."""
    found = select(Meeting).where(col(Meeting.forum).in_(forums), col(Meeting.published_at) > since)
    return list(await session.exec(found.order_by(col(Meeting.published_at).desc())))


async def called(session: AsyncSession, forums: Collection[str], since: datetime) -> list[Meeting]:
    """List the meetings to which a summons has gone out and that are not over, the next first."""
    found = (
        select(Meeting)
        .join(Summons, col(Summons.meeting) == col(Meeting.id))
        .where(col(Meeting.forum).in_(forums), col(Summons.made_at) > since)
        .where(col(Meeting.state).in_((MeetingState.CALLED, MeetingState.OPEN)))
        .order_by(col(Meeting.starts_at))
    )
    return list((await session.exec(found)).unique())


async def done(session: AsyncSession, forums: Collection[str], since: datetime) -> list[Action]:
    """List the actions that are done, the latest first."""
    found = select(Action).where(
        col(Action.forum).in_(forums),
        col(Action.state) == ActionState.DONE,
        col(Action.ended_at) > since,
    )
    return list(await session.exec(found.order_by(col(Action.ended_at).desc())))


async def turned(
    session: AsyncSession, forums: Collection[str], since: datetime
) -> list[tuple[IncidentTurn, str]]:
    """List how incidents have turned that those forums have met about, each with one of them."""
    found = (
        select(IncidentTurn, Meeting.forum)
        .join(Meeting, col(Meeting.incident) == col(IncidentTurn.incident))
        .where(col(Meeting.forum).in_(forums), col(IncidentTurn.at) > since)
        .order_by(col(IncidentTurn.at).desc(), col(IncidentTurn.id), col(Meeting.forum))
    )
    first: dict[int | None, tuple[IncidentTurn, str]] = {}
    for turn, forum in await session.exec(found):
        first.setdefault(turn.id, (turn, forum))
    return list(first.values())
