"""What was asked and answered in an exercise's forums, for its timeline."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import (
    Agreement,
    Call,
    CallState,
    CarryBack,
    Choice,
    Concerned,
    Meeting,
    Position,
    Summons,
)

Asked = tuple[str, datetime, datetime | None]
"""A function, when something was asked of it, and when it was done; None if it never was."""


async def calls(session: AsyncSession, forums: Collection[str]) -> list[Asked]:
    """List the calls, with when each seat was answered for; the unmanned are not asked."""
    found = await session.exec(
        select(Call.function, Summons.made_at, Call.answered_at)
        .join(Summons, col(Summons.id) == col(Call.summons))
        .where(col(Summons.forum).in_(forums), Call.state != CallState.UNMANNED)
        .order_by(col(Summons.made_at), col(Call.id))
    )
    return list(found)


async def starts(session: AsyncSession, forums: Collection[str]) -> list[Asked]:
    """List, for each seat that answered, when its meeting was called and when it opened."""
    found = await session.exec(
        select(Call.function, Summons.made_at, Meeting.opened_at)
        .join(Summons, col(Summons.id) == col(Call.summons))
        .join(Meeting, col(Meeting.id) == col(Summons.meeting))
        .where(col(Summons.forum).in_(forums), col(Call.answered_at).is_not(None))
        .order_by(col(Summons.made_at), col(Call.id))
    )
    return list(found)


async def positions(session: AsyncSession, forums: Collection[str]) -> list[Asked]:
    """List, for each seat that was asked for a position, when it first gave one that stands."""
    asked = await session.exec(
        select(Concerned.function, Agreement.id, Agreement.proposed_at)
        .join(Agreement, col(Agreement.id) == col(Concerned.agreement))
        .where(col(Agreement.forum).in_(forums))
        .order_by(col(Agreement.proposed_at), col(Concerned.function))
    )
    given = await session.exec(
        select(Position)
        .join(Agreement, col(Agreement.id) == col(Position.agreement))
        .where(col(Agreement.forum).in_(forums), col(Position.choice).in_(list(Choice)))
        .order_by(col(Position.id))
    )
    first: dict[tuple[str, str], datetime] = {}
    for one in given:
        if one.takes_back is None:
            first.setdefault((one.agreement, one.function), one.given_at)
    return [(function, at, first.get((id_, function))) for function, id_, at in asked]


async def homes(
    session: AsyncSession, forums: Collection[str]
) -> list[tuple[str, str, datetime, datetime | None]]:
    """List what was carried home: whose, "home", when it was sent and when it was confirmed."""
    found = await session.exec(
        select(CarryBack.organisation, CarryBack.sent_at, CarryBack.confirmed_at)
        .where(col(CarryBack.forum).in_(forums))
        .order_by(col(CarryBack.id))
    )
    return [(organisation, "home", sent, done) for organisation, sent, done in found]
