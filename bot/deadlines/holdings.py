"""Somebody has begun or ended: the registers of their forums are written anew (R1)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.asking import Ring, deadline
from bot.domain.membership import functions_of, graces
from bot.domain.region import Region
from bot.domain.reliefs import LOOK
from bot.store import deadlines, holdings, kept
from bot.store.belonging import turned

SEEN = "holdings.seen"
"""Under this name the moment is kept up to which all turns have been dealt with."""


async def _arm(session: AsyncSession, region: Region, now: datetime) -> None:  # noqa: ARG001
    """Look at each start for turns that nobody has dealt with."""
    await deadlines.set_(session, "holding.changes", "all", now)


@deadline("holding.changes", arm=_arm)
async def holding_changes(ring: Ring) -> None:
    """Deal with every turn since the last time, and wait for the next one.

    The rooms' members follow by themselves: they are compared with the holdings after every ring.
    """
    seen = await kept.get(ring.session, SEEN)
    since = datetime.fromisoformat(seen) if seen else None
    for code in await _touched(ring, since):
        await deadlines.set_(ring.session, "register.refresh", code, ring.now)
    await deadlines.set_(ring.session, "summons.changes", "all", ring.now)
    await kept.put(ring.session, SEEN, ring.now.isoformat())
    await deadlines.set_(ring.session, LOOK, "all", ring.now)
    await deadlines.set_(ring.session, "holder.runs_out", "all", ring.now)
    upcoming = [await _next(ring, grace) for grace in {timedelta(), *graces(ring.region)}]
    if due := [at for at in upcoming if at is not None]:
        await deadlines.set_(ring.session, "holding.changes", "all", min(due))


async def _next(ring: Ring, grace: timedelta) -> datetime | None:
    """Tell when somebody next begins, or ends and has had that grace: the rooms are looked at."""
    at = await holdings.next_change(ring.session, ring.now - grace)
    return at + grace if at is not None else None


async def _touched(ring: Ring, since: datetime | None) -> list[str]:
    """List the forums in which somebody began or ended; all of them the first time."""
    if since is None:
        return list(ring.region.forums)
    functions = await turned(ring.session, since, ring.now)
    return [
        forum.code
        for forum in ring.region.forums.values()
        if functions.intersection(functions_of(forum, ring.region))
    ]
