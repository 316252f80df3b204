"""An exercise should end: who leads it is reminded, then daily; it never ends by itself (R22)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.asking import Ring, deadline
from bot.domain.answer import Direct, Reply, Typed
from bot.domain.region import Region
from bot.procedures.exercising import ENDS, USUAL_LENGTH
from bot.store import deadlines, exercises

AGAIN = timedelta(days=1)


async def _arm(session: AsyncSession, region: Region, now: datetime) -> None:  # noqa: ARG001
    """Set it at a start for those that began before there was a reminder."""
    for row in await exercises.every(session):
        if row.ended_at is None:
            await deadlines.set_once(session, ENDS, row.code, row.started_at + USUAL_LENGTH)


@deadline(ENDS, arm=_arm)
async def ends(ring: Ring) -> Reply | None:
    """Remind who leads the exercise with that code, unless it has ended."""
    row = await exercises.by_code(ring.session, ring.subject)
    if row is None or row.ended_at is not None:
        return None
    await deadlines.set_(ring.session, ENDS, row.code, ring.now + AGAIN)
    facts = {"exercise": row.code, "title": Typed(row.title), "began": row.started_at}
    return Reply(
        "exercise/to_end", facts, to=Direct(row.started_by), mention=(row.started_by,),
        subject=f"exercise:{row.code}", call=True,
    )  # fmt: skip
