"""Somebody's time to answer a summons is out: the next is asked, at that minute (T3)."""

from __future__ import annotations

from bot.asking import Ring, deadline
from bot.domain.answer import Answer
from bot.procedures.roll import STEP, advance, read, roster_now
from bot.store import summonses


@deadline(STEP)
async def step(ring: Ring) -> list[Answer]:
    """Ask the next in every chain whose turn is out. A meeting that is over asks nobody."""
    summons = await summonses.by_id(ring.session, ring.subject)
    if summons is None:
        return []
    roster = await roster_now(ring)
    roll = await read(ring, summons, roster)
    if roll is None or roll.over:
        return []
    return await advance(ring, roll)
