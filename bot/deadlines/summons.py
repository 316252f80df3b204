"""Somebody's time to answer a summons is out: the next is asked, at that minute (T3)."""

from __future__ import annotations

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.asking import Ring, deadline
from bot.domain.answer import Answer
from bot.domain.region import Region
from bot.domain.reliefs import LOOK
from bot.procedures.chairing import choosing
from bot.procedures.opening import room_of
from bot.procedures.roll import STEP, Roll, law_changed, read, roster_now, status
from bot.procedures.turns import advance
from bot.store import deadlines, dispatches, summonses

CHANGES = "summons.changes"
"""Rung when somebody has begun or ended in a function, and at each start: the law may be new."""


async def _arm(session: AsyncSession, region: Region, now: datetime) -> None:  # noqa: ARG001
    await deadlines.set_(session, CHANGES, "all", now)


async def _waits_for_look(ring: Ring, kind: str) -> bool:
    """Ring again after the look at who has changed hands, where that is due, too.

    After a start it is due later than what ran out meanwhile, and at a change of the roster at the
    same moment; whoever has come to have a function is asked in place of who went, before any
    deputy.
    """
    look = await deadlines.waiting(ring.session, LOOK, "all")
    if look is None or look > ring.now:
        return False
    await deadlines.set_(ring.session, kind, ring.subject, ring.now)
    return True


@deadline(STEP)
async def step(ring: Ring) -> list[Answer]:
    """Ask the next in every chain whose turn is out. A meeting that is over asks nobody."""
    if await _waits_for_look(ring, STEP):
        return []
    summons = await summonses.by_id(ring.session, ring.subject)
    if summons is None:
        return []
    roster = await roster_now(ring)
    roll = await read(ring, summons, roster)
    if roll is None or roll.over:
        return []
    answers = await advance(ring, roll)
    room = await room_of(ring, roll, roster)
    return [*answers, *await choosing(ring, roll, room, roster, opens=False)]


@deadline(dispatches.SUMMONS_TOLD)
async def told(ring: Ring) -> list[Answer]:
    """Say anew how the call stands: more is known of what has gone out by other ways."""
    summons = await summonses.by_id(ring.session, ring.subject)
    roll = await read(ring, summons, await roster_now(ring)) if summons else None
    return [status(ring.region, roll)] if roll else []


@deadline(CHANGES, arm=_arm)
async def changes(ring: Ring) -> list[Answer]:
    """Say in each call that runs what has changed since; who has gone is not waited for (R1).

    Nothing else of it changes: law and roster are frozen when a call is made.
    """
    if await _waits_for_look(ring, CHANGES):
        return []
    roster = await roster_now(ring)
    answers: list[Answer] = []
    for summons in await summonses.running(ring.session):
        roll = await read(ring, summons, roster)
        if roll is not None:
            moved = await advance(ring, roll)
            answers += moved or ([status(ring.region, roll)] if _has_changed(ring, roll) else [])
    return answers


def _has_changed(ring: Ring, roll: Roll) -> bool:
    """Tell whether there is a change to say."""
    gone = any(each.reached and not each.holds_still for each in roll.seats)
    new = any(each.newcomers for each in roll.seats)
    return gone or new or bool(law_changed(ring.region, roll))
