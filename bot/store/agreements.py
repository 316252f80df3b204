"""Agreements, the seats whose positions are asked for, and the ledger of positions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import literal
from sqlmodel import and_, col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import Agreement, AgreementState, Concerned, Letter, Position, Room


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


async def proposed(session: AsyncSession) -> list[Agreement]:
    """List the proposals of every forum that still take positions."""
    taking = select(Agreement).where(Agreement.state == AgreementState.PROPOSED)
    return list(await session.exec(taking.order_by(col(Agreement.id))))


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


async def unread_seats(session: AsyncSession, agreement: str) -> dict[str, datetime]:
    """Tell from which seats a message had come that nobody could read when it closed, and when."""
    marked = select(Concerned.function, Concerned.unread_at).where(
        Concerned.agreement == agreement, col(Concerned.unread_at).is_not(None)
    )
    return {function: at for function, at in await session.exec(marked) if at}


async def mark_unread(session: AsyncSession, agreement: str, seats: Mapping[str, datetime]) -> None:
    """Note those seats, when it closes."""
    for row in await session.exec(select(Concerned).where(Concerned.agreement == agreement)):
        row.unread_at = seats.get(row.function)
    await session.flush()


async def positions(session: AsyncSession, agreement: str) -> list[Position]:
    """List every position given, oldest first, by when it was given."""
    ledger = select(Position).where(Position.agreement == agreement)
    in_order = ledger.order_by(col(Position.given_at), col(Position.id))
    return list(await session.exec(in_order))


async def position_of(session: AsyncSession, event_id: str) -> Position | None:
    """Find the position that an event gave; None if it gave none."""
    row = select(Position).where(Position.event_id == event_id, col(Position.takes_back).is_(None))
    return (await session.exec(row.order_by(col(Position.id)).limit(1))).first()


async def open_polls(session: AsyncSession, room_id: str) -> list[str]:
    """List the polls in a room, by event id, whose proposals still take positions."""
    subject = literal("agreement:") + col(Agreement.id)
    polls = (
        select(Letter.event_id)
        .join(Room, col(Room.key) == col(Letter.place))
        .join(Agreement, col(Letter.subject) == subject)
        .where(Room.room_id == room_id, Letter.kind == "poll")
        .where(Agreement.state == AgreementState.PROPOSED)
        .order_by(col(Letter.position))
    )
    return [each for each in await session.exec(polls) if each]


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
