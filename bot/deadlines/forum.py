"""A temporary forum nears its end: those who decide are asked, and asked again (R23).

It is never closed by itself. What nobody has answered by its last day is asked anew, and shown in
the forum that ordered it, until it is prolonged or closed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.asking import Ring, deadline
from bot.domain.answer import Direct, InForum, Reply
from bot.domain.calendar import local
from bot.domain.region import Region, Temporary
from bot.procedures.temporary import ENDS, arm_end, ask_at_end, named
from bot.store import holdings


async def _arm(session: AsyncSession, region: Region, now: datetime) -> None:
    """Set when each end is asked about, at every start: the file may have moved it."""
    for forum in region.forums.values():
        if forum.temporary is not None:
            await arm_end(session, region, forum, now)


@deadline(ENDS, arm=_arm)
async def ends(ring: Ring) -> list[Reply]:
    """Ask what is to become of the forum with that code; one that is closed is left alone."""
    forum = ring.region.forums.get(ring.subject)
    if forum is None or forum.temporary is None or not ring.region.in_use(forum.code):
        return []
    await ask_at_end(ring, forum.code, forum.temporary.ends)
    owner = await holdings.leader(ring.session, (forum.chair,), ring.now)
    above = await holdings.leader(ring.session, _above(ring, forum.temporary), ring.now)
    people = list(dict.fromkeys(mxid for mxid in (owner, above) if mxid))
    today = local(ring.region, ring.now).date()
    facts: dict[str, Any] = {
        **named(ring.region, forum),
        "ends": forum.temporary.ends,
        "over": today > forum.temporary.ends,
        "result_to": forum.temporary.result_to,
        "ordered_by": forum.temporary.ordered_by,
        "asked": bool(people),
    }
    asked = [
        Reply("temporary/ends", facts, to=Direct(mxid), mention=(mxid,), call=True)
        for mxid in people
    ]
    shown = Reply("temporary/overdue", facts, to=InForum(forum.temporary.ordered_by))
    return [*asked, *([shown] if facts["over"] or owner is None else [])]


def _above(ring: Ring, end: Temporary) -> tuple[str, ...]:
    """List the functions that lead where it was ordered; none if that forum is there no longer."""
    forum = ring.region.forums.get(end.ordered_by)
    return forum.lead if forum else ()
