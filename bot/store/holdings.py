"""Holdings: who has which function, when; with history, and with what the roster says next."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime

from sqlalchemy import ColumnElement
from sqlmodel import and_, col, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import Holding

Place = tuple[str, int, str]
"""A function, a rank in it and the Matrix id of who has it."""


def _holds(now: datetime) -> ColumnElement[bool]:
    """Match the holdings that have started and not ended; an open end is no end."""
    starts, ends = col(Holding.starts), col(Holding.ends)
    return and_(or_(starts.is_(None), starts <= now), or_(ends.is_(None), ends > now))


async def _listed(session: AsyncSession, *which: ColumnElement[bool]) -> list[Holding]:
    """List those holdings by function, rank and Matrix id."""
    order = (col(Holding.function), col(Holding.rank), col(Holding.mxid))
    return list(await session.exec(select(Holding).where(*which).order_by(*order)))


async def in_force(session: AsyncSession, now: datetime) -> list[Holding]:
    """List who has which function now, by function and rank."""
    return await _listed(session, _holds(now))


async def holders(session: AsyncSession, function: str, now: datetime) -> list[Holding]:
    """List who has that function now, by rank: the holder, then the deputies."""
    return await _listed(session, _holds(now), col(Holding.function) == function)


async def held_by(session: AsyncSession, mxid: str, now: datetime) -> list[Holding]:
    """List which functions a person has now, by function."""
    return await _listed(session, _holds(now), col(Holding.mxid) == mxid)


async def held_by_each(
    session: AsyncSession, mxids: Collection[str], now: datetime
) -> dict[str, list[Holding]]:
    """List which functions each of these people has now, by function."""
    held: dict[str, list[Holding]] = {}
    for row in await _listed(session, _holds(now), col(Holding.mxid).in_(mxids)):
        held.setdefault(row.mxid, []).append(row)
    return held


async def next_change(session: AsyncSession, after: datetime) -> datetime | None:
    """Tell when somebody next begins or ends; None when nothing is planned."""
    turns = select(
        func.min(Holding.starts).filter(col(Holding.starts) > after),
        func.min(Holding.ends).filter(col(Holding.ends) > after),
    )
    return min((at for at in (await session.exec(turns)).one() if at is not None), default=None)


async def replace_all(
    session: AsyncSession, source: str, holdings: Iterable[Holding], now: datetime
) -> None:
    """Make what a source says the truth from now on; the same again changes nothing.

    What it no longer says ends now, or is taken away if it had not begun. What has ended stays:
    that is history. Somebody who comes back after having been taken out begins anew.
    """
    known = _by_place(await _listed(session, col(Holding.source) == source))
    wanted = _by_place(holdings)
    for place in known.keys() | wanted.keys():
        await _replace(session, source, known.get(place, []), wanted.get(place, []), now)


def _by_place(holdings: Iterable[Holding]) -> dict[Place, list[Holding]]:
    """Sort holdings by person and place in a function; in each, the earliest first."""
    places: dict[Place, list[Holding]] = {}
    for row in sorted(holdings, key=_begins):
        places.setdefault((row.function, row.rank, row.mxid), []).append(row)
    return places


def _begins(row: Holding) -> datetime:
    """Tell when a holding begins; without a start, before all others."""
    return row.starts or datetime.min.replace(tzinfo=UTC)


async def _replace(
    session: AsyncSession, source: str, known: list[Holding], wanted: list[Holding], now: datetime
) -> None:
    """Make the wanted holdings of one person at one place the truth from now on."""
    left = list(known)
    for want in wanted:
        same = next((row for row in left if _is_same(row, want, now)), None)
        if same is None:
            begun_before = any(row.starts == want.starts for row in known)
            session.add(_new(want, source, now if begun_before else want.starts))
        else:
            left.remove(same)
            same.name, same.ends = want.name, want.ends
    for row in left:
        await _end(session, row, now)


def _is_same(row: Holding, wanted: Holding, now: datetime) -> bool:
    """Tell whether a row is the wanted one: as it was, with another end, or begun anew in it."""
    if row.starts == wanted.starts:
        return row.ends == wanted.ends or not _is_past(row, now) or _is_past(wanted, now)
    begun_within = row.starts is not None and (
        wanted.starts is None or wanted.starts < row.starts <= now
    )
    return begun_within and row.ends == wanted.ends


def _new(wanted: Holding, source: str, starts: datetime | None) -> Holding:
    """Make the row to keep for a holding that is wanted, from that moment."""
    kept = wanted.model_dump(exclude={"id"}) | {"source": source, "starts": starts}
    return Holding(**kept)


def _is_past(row: Holding, now: datetime) -> bool:
    """Tell whether the holding has ended."""
    return row.ends is not None and row.ends <= now


async def _end(session: AsyncSession, row: Holding, now: datetime) -> None:
    """End a holding that its source no longer names; take it away if it never began."""
    if row.starts is not None and row.starts > now:
        await session.delete(row)
    elif not _is_past(row, now):
        row.ends = now
