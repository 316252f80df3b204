"""Overrides: what was said on top of the rosters, for a while; each a row of its own."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import and_, col, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import Override
from bot.store import deadlines


async def add(session: AsyncSession, override: Override) -> Override:
    """Keep an override; it counts at once, or from its start. Give it with its id.

    Rooms, registers and the next change follow by the deadline that is set here.
    """
    session.add(override)
    await deadlines.set_(session, "holding.changes", "all", override.made_at)
    await session.flush()
    return override


async def withdraw(
    session: AsyncSession, override: Override, now: datetime, by: str | None = None
) -> None:
    """Let an override not count any more from now; what it did until then stands."""
    if override.withdrawn_at is None:
        override.withdrawn_at, override.withdrawn_by = now, by
        await deadlines.set_(session, "holding.changes", "all", now)


async def counted(
    session: AsyncSession,
    functions: Collection[str] | None = None,
    since: datetime | None = None,
) -> list[Override]:
    """List the overrides that count or have counted, of those functions or of all, as said.

    With `since`, those that were over by then are left out.
    """
    ends, which = col(Override.ends), [_ever()]
    if functions is not None:
        which.append(col(Override.function).in_(functions))
    if since is not None:
        which.append(or_(ends.is_(None), ends > since))
    return await _listed(session, *which)


async def coming(session: AsyncSession, now: datetime) -> list[Override]:
    """List the overrides that are not over and not withdrawn, the earliest first."""
    ends = col(Override.ends)
    left = (col(Override.withdrawn_at).is_(None), or_(ends.is_(None), ends > now))
    order = (col(Override.starts), col(Override.id))
    return list(await session.exec(select(Override).where(*left).order_by(*order)))


async def stood_in_for(
    session: AsyncSession, mxids: Collection[str], at: datetime
) -> frozenset[str]:
    """Give the functions for which one of these people is said to come in at that moment."""
    theirs = col(Override.mxid).in_(mxids)
    found = select(Override.function).where(theirs, _begun(at), _ever())
    return frozenset(await session.exec(found))


async def as_known(session: AsyncSession, function: str, known_at: datetime) -> list[Override]:
    """List a function's overrides as they stood at that moment; copies, in no session."""
    said = (col(Override.function) == function, col(Override.made_at) <= known_at)
    rows = await session.exec(select(Override).where(*said))
    return [_as_of(row, known_at) for row in rows]


async def next_turn(session: AsyncSession, after: datetime) -> datetime | None:
    """Tell when an override next begins or ends; None when none does."""
    turns = select(
        func.min(Override.starts).filter(col(Override.starts) > after),
        func.min(Override.ends).filter(col(Override.ends) > after),
    ).where(col(Override.withdrawn_at).is_(None))
    return min((at for at in (await session.exec(turns)).one() if at is not None), default=None)


def _as_of(row: Override, known_at: datetime) -> Override:
    """Give an override without a withdrawal that was not known yet."""
    copy = Override(**row.model_dump())
    if copy.withdrawn_at is not None and copy.withdrawn_at > known_at:
        copy.withdrawn_at = None
    return copy


def _ever() -> ColumnElement[bool]:
    """Match those that were not withdrawn before they began."""
    withdrawn = col(Override.withdrawn_at)
    return or_(withdrawn.is_(None), withdrawn > col(Override.starts))


def _begun(at: datetime) -> ColumnElement[bool]:
    """Match those in force at a moment."""
    ends = col(Override.ends)
    return and_(col(Override.starts) <= at, or_(ends.is_(None), ends > at))


async def _listed(session: AsyncSession, *which: ColumnElement[bool]) -> list[Override]:
    order = (col(Override.made_at), col(Override.id))
    return list(await session.exec(select(Override).where(*which).order_by(*order)))
