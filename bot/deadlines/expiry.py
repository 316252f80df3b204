"""A function's last known holder ends, and nobody comes after: who can renew it is told (T18).

Unmanned is not absent: who has a function and cannot come is prevented, and somebody is asked in
their place; when nobody has it, there is nobody to be so.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.asking import Ring, deadline
from bot.domain.answer import Direct, Facts, Operators, Reply, Typed
from bot.domain.expiry import told_at
from bot.domain.holdings import in_force
from bot.domain.manning import known_until
from bot.domain.model import Holding
from bot.domain.region import Region
from bot.store import deadlines, feeds, holdings, kept, log

EXPIRING = "holder.runs_out"
TOLD = "holder.runs_out "
"""Under this and the function is kept the day, in local time, of which it has been told."""


async def _arm(session: AsyncSession, region: Region, now: datetime) -> None:  # noqa: ARG001
    await deadlines.set_(session, EXPIRING, "all", now)


@deadline(EXPIRING, arm=_arm)
async def runs_out(ring: Ring) -> list[Reply]:
    """Tell of each function whose last holder ends within the limit, once; wait for the next.

    It is looked at anew whenever a roster changes: what was closed meanwhile is not told.
    """
    every = await _by_function(ring)
    replies: list[Reply] = []
    later: list[datetime] = []
    for function, periods in every.items():
        ends = known_until(periods, function)
        if ends is None or ends <= ring.now:
            continue
        at = told_at(ring.region, ends)
        if at > ring.now:
            later.append(at)
        elif await _is_new(ring, function, ends):
            replies += await _told(ring, function, periods, ends)
    if later:
        await deadlines.set_(ring.session, EXPIRING, "all", min(later))
    return replies


async def _by_function(ring: Ring) -> dict[str, list[Holding]]:
    """Sort what is known of the law's functions."""
    every: dict[str, list[Holding]] = defaultdict(list)
    for held in await holdings.periods(ring.session):
        if held.function in ring.region.functions:
            every[held.function].append(held)
    return every


async def _is_new(ring: Ring, function: str, ends: datetime) -> bool:
    """Tell whether that day has not been told of; from now on it has."""
    day = ends.astimezone(ring.region.timezone).date().isoformat()
    if await kept.get(ring.session, f"{TOLD}{function}") == day:
        return False
    await kept.put(ring.session, f"{TOLD}{function}", day)
    return True


async def _told(ring: Ring, function: str, periods: list[Holding], ends: datetime) -> list[Reply]:
    """Tell who has it now, the organisation's contact point, and who runs the bot."""
    last = next(held for held in periods if held.rank == 1 and held.ends == ends)
    facts: Facts = {
        "function": function,
        "until": ends,
        "last": Typed(last.name),
        "deputies": any(held.rank > 1 and in_force(held, ends) for held in periods),
        "calendar": await feeds.get(ring.session, last.source) is not None,
    }
    await log.append(
        ring.session, "holder.runs_out", function, happened_at=ring.now, written_at=ring.now,
        function=function, facts={"until": ends.isoformat()},
    )  # fmt: skip
    whose = (function, ring.region.home_of(function).contact_point)
    found = [await holdings.leader(ring.session, [each], ring.now) for each in whose]
    told = [
        Reply("roster/runs_out", facts, to=Direct(mxid), mention=(mxid,))
        for mxid in dict.fromkeys(filter(None, found))
    ]
    return [*told, Reply("roster/runs_out", facts, to=Operators())]
