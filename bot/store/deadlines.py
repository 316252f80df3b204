"""Deadlines: moments at which something must be looked at again."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, delete, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import Deadline


async def set_(session: AsyncSession, kind: str, subject: str, due_at: datetime) -> None:
    """Set the deadline of that kind for a subject, or move it; it will ring (again) then."""
    deadline = await _find(session, kind, subject)
    if deadline is None:
        session.add(Deadline(kind=kind, subject=subject, due_at=due_at))
        return
    deadline.due_at = due_at
    deadline.rung_at = None


async def set_once(session: AsyncSession, kind: str, subject: str, due_at: datetime) -> bool:
    """Set the deadline unless it is set already, rung or not; tell whether it was."""
    if await _find(session, kind, subject) is not None:
        return False
    session.add(Deadline(kind=kind, subject=subject, due_at=due_at))
    return True


async def drop(session: AsyncSession, kind: str, subject: str) -> None:
    """Take the deadline away; nothing happens if there is none."""
    dropped = delete(Deadline).where(col(Deadline.kind) == kind, col(Deadline.subject) == subject)
    await session.exec(dropped)


async def drop_others(session: AsyncSession, kind: str, subject: str | None = None) -> None:
    """Take away all deadlines of that kind but one subject's; without a subject, all of them."""
    dropped = delete(Deadline).where(col(Deadline.kind) == kind)
    if subject is not None:
        dropped = dropped.where(col(Deadline.subject) != subject)
    await session.exec(dropped)


async def due(session: AsyncSession, now: datetime) -> list[Deadline]:
    """List the deadlines that are due and have not rung, the earliest first."""
    reached = (
        select(Deadline)
        .where(col(Deadline.rung_at).is_(None), Deadline.due_at <= now)
        .order_by(col(Deadline.due_at), col(Deadline.id))
    )
    return list(await session.exec(reached))


async def next_due(session: AsyncSession) -> datetime | None:
    """Tell when the next deadline rings; None when nothing is waited for."""
    earliest = select(func.min(Deadline.due_at)).where(col(Deadline.rung_at).is_(None))
    return (await session.exec(earliest)).one()


async def rung(session: AsyncSession, deadline: Deadline, now: datetime) -> bool:
    """Note that the deadline has rung; False if it is not due any more.

    Said before its handler runs, so that a handler may set it anew; said after, one that was set
    anew for later is left waiting.
    """
    found = await _find(session, deadline.kind, deadline.subject)
    if found is None or found.rung_at is not None or found.due_at > now:
        return False
    found.rung_at = now
    return True


async def _find(session: AsyncSession, kind: str, subject: str) -> Deadline | None:
    """Find the one deadline of that kind for that subject."""
    one = select(Deadline).where(Deadline.kind == kind, Deadline.subject == subject)
    return (await session.exec(one)).one_or_none()


async def waiting(session: AsyncSession, kind: str, subject: str) -> datetime | None:
    """Tell when a subject's deadline of that kind rings; None if it has rung or is not set."""
    deadline = await _find(session, kind, subject)
    return deadline.due_at if deadline is not None and deadline.rung_at is None else None


async def last_rung(session: AsyncSession, kind: str, subject: str) -> datetime | None:
    """Tell when a subject's deadline of that kind has rung; None if it has not."""
    deadline = await _find(session, kind, subject)
    return deadline.rung_at if deadline is not None else None


async def subjects(session: AsyncSession, kind: str) -> list[str]:
    """List what deadlines of that kind are waited for about."""
    left = select(Deadline.subject).where(Deadline.kind == kind, col(Deadline.rung_at).is_(None))
    return list(await session.exec(left.order_by(col(Deadline.id))))
