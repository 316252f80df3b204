"""Each night it is looked a fortnight ahead for gaps; who can close them is told of new ones (R1).

The words make no phone sound: they are there in the morning.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.asking import Ring, deadline
from bot.domain.answer import Answer, Direct, Facts, Operators, Place, Reply
from bot.domain.calendar import at_wall_time, local
from bot.domain.gaps import AHEAD, Missing, ahead, as_told, news
from bot.domain.region import Region
from bot.store import deadlines, gaps, holdings, log

LOOK = "gaps.look"


async def arm_look(session: AsyncSession, region: Region, now: datetime) -> None:
    """Set the next look, unless one is waited for."""
    if await deadlines.waiting(session, LOOK, "all") is None:
        await deadlines.set_(session, LOOK, "all", _next(region, now))


@deadline(LOOK, arm=arm_look)
async def look(ring: Ring) -> list[Answer]:
    """Tell each organisation of its new gaps; what was told before is not told again."""
    await deadlines.set_(ring.session, LOOK, "all", _next(ring.region, ring.now))
    periods = await holdings.periods(ring.session, ring.now + AHEAD)
    planned = await gaps.planned(ring.session, ring.now)
    found = ahead(ring.region, periods, planned, ring.now)
    new = news(found, await gaps.told(ring.session))
    await gaps.keep_told(ring.session, [as_told(each.gap, ring.now) for each in found])
    if not new:
        return []
    await _note(ring, found, new)
    by_home: dict[str, list[Missing]] = {}
    for each in new:
        by_home.setdefault(ring.region.home_of(each.gap.function).code, []).append(each)
    return await _told(ring, by_home)


async def _told(ring: Ring, by_home: dict[str, list[Missing]]) -> list[Answer]:
    answers: list[Answer] = []
    nobody: list[Missing] = []
    for code, theirs in by_home.items():
        to = await _who(ring, code)
        if to is None:
            nobody += theirs
        else:
            answers.append(Reply("gap/news", _facts(ring, theirs, code), to=Direct(to)))
    to_operators: Place = Operators()
    if nobody:
        answers.append(Reply("gap/news", _facts(ring, nobody, None), to=to_operators))
    return answers


async def _who(ring: Ring, home: str) -> str | None:
    """Give who can close an organisation's gaps: its contact point, or else anybody it has."""
    contact = ring.region.organisations[home].contact_point
    theirs = [code for code, it in ring.region.functions.items() if it.organisation == home]
    return await holdings.leader(ring.session, [contact, *theirs], ring.now)


def _facts(ring: Ring, missing: Sequence[Missing], home: str | None) -> Facts:
    return {
        "organisation": home,
        "days": AHEAD.days,
        "gaps": [_gap(ring, each) for each in missing],
        "example": missing[0].gap.function,
        "day": local(ring.region, max(missing[0].gap.starts, ring.now)).date().isoformat(),
    }


def _gap(ring: Ring, each: Missing) -> Facts:
    gap = each.gap
    return {
        "function": gap.function,
        "starts": gap.starts if gap.starts > ring.now else None,
        "ends": gap.ends if gap.ends < ring.now + AHEAD else None,
        "deputies": gap.deputies,
        "grown": each.grown,
        "forum": each.meets.forum if each.meets else None,
        "meets": each.meets.starts if each.meets else None,
    }


async def _note(ring: Ring, found: Sequence[Missing], new: Sequence[Missing]) -> None:
    named = [[it.gap.function, it.gap.starts.isoformat(), it.gap.ends.isoformat()] for it in new]
    await log.append(
        ring.session, "gaps.told", "roster", happened_at=ring.now, written_at=ring.now,
        facts={"new": named, "all": len(found)},
    )  # fmt: skip


def _next(region: Region, now: datetime) -> datetime:
    """Give the next moment after this one at which the region's clocks show the look's time."""
    today = local(region, now).date()
    at = at_wall_time(region, today, region.reach.look_at)
    return at if at > now else at_wall_time(region, today + timedelta(days=1), region.reach.look_at)
