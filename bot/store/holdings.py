"""Holdings: who has which function, when; with history, and with what the roster says next.

All that is given here has the overrides laid on (`bot.domain.holdings`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, true
from sqlmodel import and_, col, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.holdings import held_at, in_order, resolved
from bot.domain.model import Holding
from bot.store import overrides

Place = tuple[str, int, str]
"""A function, a rank in it and the Matrix id of who has it."""


def _holds(now: datetime) -> ColumnElement[bool]:
    """Match the holdings that have started and not ended; an open end is no end."""
    starts, ends = col(Holding.starts), col(Holding.ends)
    return and_(or_(starts.is_(None), starts <= now), or_(ends.is_(None), ends > now))


async def _listed(session: AsyncSession, *which: ColumnElement[bool]) -> list[Holding]:
    """List those rows that count, by function and rank."""
    counted = select(Holding).where(col(Holding.withdrawn_at).is_(None), *which)
    return in_order(await session.exec(counted))


async def in_force(session: AsyncSession, now: datetime) -> list[Holding]:
    """List who has which function at that moment, by function and rank; overrides laid on."""
    return await _laid_on(session, await _listed(session, _holds(now)), None, now)


async def holders(session: AsyncSession, function: str, now: datetime) -> list[Holding]:
    """List who has that function then, by rank: the holder, then the deputies."""
    return await of_each(session, [function], now)


async def held_by(session: AsyncSession, mxid: str, now: datetime) -> list[Holding]:
    """List which functions a person has then, by function."""
    return (await held_by_each(session, [mxid], now)).get(mxid, [])


async def held_by_each(
    session: AsyncSession, mxids: Collection[str], now: datetime
) -> dict[str, list[Holding]]:
    """List which functions each of these people has then, by function."""
    rows = await _listed(session, _holds(now), col(Holding.mxid).in_(mxids))
    functions = {row.function for row in rows}
    functions |= await overrides.stood_in_for(session, mxids, now)
    held: dict[str, list[Holding]] = {}
    for row in await of_each(session, functions, now):
        if row.mxid in mxids:
            held.setdefault(row.mxid, []).append(row)
    return held


async def of_each(
    session: AsyncSession, functions: Collection[str], now: datetime
) -> list[Holding]:
    """List who has those functions then, overrides laid on."""
    if not functions:
        return []
    rows = await _listed(session, _holds(now), col(Holding.function).in_(functions))
    return await _laid_on(session, rows, functions, now)


async def _laid_on(
    session: AsyncSession, rows: list[Holding], functions: Collection[str] | None, now: datetime
) -> list[Holding]:
    """Lay the overrides on what holds then; those that were over before it began cannot matter."""
    since = min((_begins(row) for row in rows), default=now)
    return held_at(rows, await overrides.counted(session, functions, min(since, now)), now)


async def periods(session: AsyncSession, until: datetime | None = None) -> list[Holding]:
    """List who has what from when to when, overrides laid on; with `until`, what begins by then."""
    begun = or_(col(Holding.starts).is_(None), col(Holding.starts) <= until) if until else true()
    return resolved(await _listed(session, begun), await overrides.counted(session))


async def of(session: AsyncSession, function: str) -> list[Holding]:
    """List who has one function from when to when, overrides laid on."""
    rows = await _listed(session, col(Holding.function) == function)
    return resolved(rows, await overrides.counted(session, [function]))


async def as_known(
    session: AsyncSession, function: str, at: datetime, known_at: datetime
) -> list[Holding]:
    """List who had a function at a moment, as it was known at another.

    What was corrected or withdrawn since then is told as it stood.
    """
    known = or_(col(Holding.known_at).is_(None), col(Holding.known_at) <= known_at)
    there = or_(col(Holding.withdrawn_at).is_(None), col(Holding.withdrawn_at) > known_at)
    of_it = col(Holding.function) == function
    rows = await session.exec(select(Holding).where(of_it, known, there, _holds(at)))
    then = [Holding(**row.model_dump(exclude={"withdrawn_at"})) for row in rows]
    return held_at(then, await overrides.as_known(session, function, known_at), at)


async def next_change(session: AsyncSession, after: datetime) -> datetime | None:
    """Tell when somebody next begins or ends; None when nothing is planned."""
    turns = select(
        func.min(Holding.starts).filter(col(Holding.starts) > after),
        func.min(Holding.ends).filter(col(Holding.ends) > after),
    ).where(col(Holding.withdrawn_at).is_(None))
    ats = [*(await session.exec(turns)).one(), await overrides.next_turn(session, after)]
    return min((at for at in ats if at is not None), default=None)


async def replace_all(
    session: AsyncSession, source: str, holdings: Iterable[Holding], now: datetime
) -> None:
    """Make what a source says the truth from now on; the same again changes nothing.

    What it no longer says ends now, or is withdrawn if it had not begun. What has ended stays:
    that is history. Somebody who comes back after having been taken out begins anew. No row is
    rewritten: one that turns out otherwise is withdrawn now, and another says what is true.
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
            starts = now if begun_before else want.starts
            session.add(_new(want, now, source=source, starts=starts))
        else:
            left.remove(same)
            if (same.name, same.ends) != (want.name, want.ends):
                _correct(session, same, now, name=want.name, ends=want.ends)
    for row in left:
        _end(session, row, now)


def _is_same(row: Holding, wanted: Holding, now: datetime) -> bool:
    """Tell whether a row is the wanted one: as it was, with another end, or begun anew in it."""
    if row.starts == wanted.starts:
        return row.ends == wanted.ends or not _is_past(row, now) or _is_past(wanted, now)
    begun_within = row.starts is not None and (
        wanted.starts is None or wanted.starts < row.starts <= now
    )
    return begun_within and row.ends == wanted.ends


def _new(like: Holding, now: datetime, **changed: object) -> Holding:
    """Make the row to keep for a holding that is known from now."""
    left_out = {"id", "known_at", "withdrawn_at"}
    return Holding(**like.model_dump(exclude=left_out) | {"known_at": now} | changed)


def _correct(session: AsyncSession, row: Holding, now: datetime, **changed: object) -> None:
    """Let another row say what this one should have said; this one stays to be read."""
    row.withdrawn_at = now
    session.add(_new(row, now, **changed))


def _is_past(row: Holding, now: datetime) -> bool:
    """Tell whether the holding has ended."""
    return row.ends is not None and row.ends <= now


def _end(session: AsyncSession, row: Holding, now: datetime) -> None:
    """End a holding that its source no longer names; withdraw it if it never began."""
    if row.starts is not None and row.starts > now:
        row.withdrawn_at = now
    elif not _is_past(row, now):
        _correct(session, row, now, ends=now)


async def leader(session: AsyncSession, lead: Sequence[str], at: datetime) -> str | None:
    """Find who holds the first of the leading functions that anybody holds then, by mxid."""
    for function in lead:
        there = await holders(session, function, at)
        if there:
            return there[0].mxid
    return None
