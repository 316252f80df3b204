"""A forum's register is written anew: somebody began or ended, or a meeting has passed."""

from __future__ import annotations

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.asking import Ring, deadline
from bot.domain.answer import Reply
from bot.domain.region import Region
from bot.domain.register import register
from bot.store import deadlines, holdings, incidents
from bot.store.rhythm import meets_next


async def _arm(session: AsyncSession, region: Region, now: datetime) -> None:
    """Look at every register anew at each start: the law may have changed."""
    for code in region.forums:
        await deadlines.set_(session, "register.refresh", code, now)


@deadline("register.refresh", arm=_arm)
async def refresh(ring: Ring) -> Reply | None:
    """Write the register of the forum with that code, and again when its next meeting is over."""
    forum = ring.region.forums.get(ring.subject)
    if forum is None:
        return None
    meeting = await meets_next(ring.session, ring.region, forum, ring.now)
    if meeting is not None:
        await deadlines.set_(ring.session, "register.refresh", forum.code, meeting.ends)
    held = await holdings.in_force(ring.session, ring.now)
    awake = await incidents.awake_for(ring.session, forum, ring.region.practised)
    starts = meeting.starts if meeting else None
    return register(ring.region, forum, held, starts, ring.now, awake)
