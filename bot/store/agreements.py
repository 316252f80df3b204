"""Agreements, the seats whose positions are asked for, and the ledger of positions."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlmodel import and_, col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import Agreement, AgreementState, Concerned, Position


async def by_id(session: AsyncSession, agreement_id: str) -> Agreement | None:
    """Find the agreement with that id (OV-2026-014)."""
    found = select(Agreement).where(Agreement.id == agreement_id)
    return (await session.exec(found)).one_or_none()


async def open_in(session: AsyncSession, forum: str) -> list[Agreement]:
    """List the forum's proposals that still take positions, the first to close first."""
    proposed = select(Agreement).where(
        Agreement.forum == forum, Agreement.state == AgreementState.PROPOSED
    )
    first_to_close = proposed.order_by(col(Agreement.closes_at), col(Agreement.id))
    return list(await session.exec(first_to_close))


async def of_meeting(session: AsyncSession, meeting: str) -> list[Agreement]:
    """List what was proposed at a meeting, in the order it was."""
    proposed = select(Agreement).where(Agreement.meeting == meeting)
    return list(
        await session.exec(proposed.order_by(col(Agreement.proposed_at), col(Agreement.id)))
    )


async def concerned(session: AsyncSession, agreement: str) -> list[str]:
    """List the functions whose positions are asked for, by code."""
    asked = select(Concerned.function).where(Concerned.agreement == agreement)
    return list(await session.exec(asked.order_by(col(Concerned.function))))


async def positions(session: AsyncSession, agreement: str) -> list[Position]:
    """List every position given, oldest first."""
    ledger = select(Position).where(Position.agreement == agreement).order_by(col(Position.id))
    return list(await session.exec(ledger))


async def add(session: AsyncSession, agreement: Agreement, functions: Iterable[str]) -> None:
    """Keep a proposal, and the functions whose positions are asked for."""
    session.add(agreement)
    session.add_all(Concerned(agreement=agreement.id, function=code) for code in functions)
    await session.flush()


async def add_position(session: AsyncSession, position: Position) -> None:
    """Write a position last in the ledger."""
    session.add(position)
    await session.flush()


async def asking(
    session: AsyncSession, functions: Collection[str], now: datetime
) -> list[Agreement]:
    """List what waits for an answer from any of these functions, the first to close first.

    That is what is open, and what has closed while one of them was still asking at home.
    """
    concerned_ = select(Concerned.agreement).where(col(Concerned.function).in_(functions))
    anchored = select(Position.agreement).where(
        col(Position.function).in_(functions), col(Position.anchored_until) > now
    )
    waiting = or_(
        and_(col(Agreement.id).in_(concerned_), col(Agreement.state) == AgreementState.PROPOSED),
        col(Agreement.id).in_(anchored),
    )
    first_to_close = (
        select(Agreement).where(waiting).order_by(col(Agreement.closes_at), col(Agreement.id))
    )
    return list(await session.exec(first_to_close))
