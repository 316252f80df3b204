"""Calendars: which are to be read now, what came of it, and what has been said of that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import Feed, Holding
from bot.domain.region import Held
from bot.domain.shifts import Fault
from bot.store import deadlines, holdings

DUE, TOLD = "calendar.due", "calendar.told"


async def expect(
    session: AsyncSession, functions: Mapping[str, str], minutes: int, now: datetime
) -> None:
    """Have exactly those calendars read, at once and then as often; `functions` is by name.

    What a calendar said that is no longer read ends now.
    """
    known = {feed.name: feed for feed in await session.exec(select(Feed))}
    for name in known.keys() - functions.keys():
        await holdings.replace_all(session, name, [], now)
        await deadlines.drop(session, DUE, name)
        await deadlines.set_(session, "holding.changes", "all", now)
        await session.delete(known[name])
    for name, function in functions.items():
        if name in known:
            known[name].minutes = minutes
        else:
            session.add(Feed(name=name, function=function, minutes=minutes))
        await deadlines.set_(session, DUE, name, now)


async def get(session: AsyncSession, name: str) -> Feed | None:
    """Find a calendar by its name."""
    return await session.get(Feed, name)


async def wanted(session: AsyncSession) -> list[str]:
    """List the calendars that are to be read, the longest wanted first."""
    order = (col(Feed.wanted_at), col(Feed.name))
    found = select(Feed.name).where(col(Feed.wanted_at).is_not(None)).order_by(*order)
    return list(await session.exec(found))


async def want(session: AsyncSession, feed: Feed, now: datetime) -> None:
    """Have a calendar read now, and again when its time comes."""
    feed.wanted_at = now
    await deadlines.set_(session, DUE, feed.name, now + timedelta(minutes=feed.minutes))


async def names(session: AsyncSession) -> list[tuple[str, str]]:
    """List the names that rosters have given, each with a Matrix id; not those of calendars."""
    by_roster = col(Holding.source).not_in(select(Feed.name))
    pairs = select(Holding.name, Holding.mxid).where(by_roster).distinct()
    return list(await session.exec(pairs))


async def read(session: AsyncSession, name: str, held: Sequence[Held], now: datetime) -> None:
    """Make what a calendar says the truth from now on."""
    feed = await get(session, name)
    if feed is None:
        return
    rows = [_row(each, name) for each in held]
    await holdings.replace_all(session, name, rows, now)
    await deadlines.set_(session, "holding.changes", "all", now)
    feed.wanted_at, feed.read_at, feed.fault = None, now, None
    await deadlines.set_(session, TOLD, name, now)


async def failed(session: AsyncSession, name: str, fault: Fault, now: datetime) -> None:
    """Note why a calendar could not be read; what it said before stays as it is."""
    feed = await get(session, name)
    if feed is None:
        return
    feed.wanted_at = None
    if feed.fault != asdict(fault):
        feed.fault = asdict(fault)
        feed.faulty_since = feed.faulty_since or now
        await deadlines.set_(session, TOLD, name, now)


def _row(held: Held, source: str) -> Holding:
    return Holding(
        function=held.function,
        rank=held.rank,
        mxid=held.mxid,
        name=held.person,
        starts=held.starts,
        ends=held.ends,
        source=source,
    )
