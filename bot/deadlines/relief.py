"""Functions change hands: looked for in time to brief, and asked after at the minute."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.asking import Ring, deadline
from bot.domain.answer import Answer
from bot.domain.region import Region
from bot.domain.reliefs import LOOK, UNCONFIRMED
from bot.procedures import relieving
from bot.procedures.taking_over import ask_whether
from bot.store import deadlines, handovers

MINUTE = timedelta(minutes=1)


async def _arm(session: AsyncSession, region: Region, now: datetime) -> None:  # noqa: ARG001
    """Look at each start: somebody may have begun while the bot was down."""
    await deadlines.set_(session, LOOK, "all", now)


@deadline(LOOK, arm=_arm)
async def look(ring: Ring) -> list[Answer]:
    """Brief whoever is to be relieved soon, and deal with whoever has been."""
    return await relieving.look(ring)


@deadline(UNCONFIRMED)
async def unconfirmed(ring: Ring) -> list[Answer]:
    """Say that nobody has taken over what has changed hands. The subject is a handover's id."""
    row = await handovers.by_id(ring.session, ring.subject)
    if row is None or row.called_off_at:
        return []
    if row.moved_at is None:  # the roster has not been looked at since
        await deadlines.set_(ring.session, UNCONFIRMED, row.id, ring.now + MINUTE)
        return []
    return [*await ask_whether(ring, row)]
