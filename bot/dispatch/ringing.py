"""Rings every deadline that is due, earliest first, each in a savepoint of its own."""

from __future__ import annotations

from datetime import datetime

from bot.dispatch.desk import Desk
from bot.store import deadlines
from bot.store.engine import Store

ROUNDS = 50  # a deadline may set another that is due at once; no chain is longer than this


async def ring_due(store: Store, desk: Desk, now: datetime) -> int:
    """Deal with all that is due at that moment; tell how many there were."""
    rung = 0
    for _ in range(ROUNDS):
        async with store.read() as session:
            earliest = await deadlines.next_due(session)
        if earliest is None or earliest > now:
            break
        async with store.begin() as session:
            due = await deadlines.due(session, now)
            session.expunge_all()  # a list of its own, whatever becomes of the rows on the way
            await desk.ring(session, due, now)
        rung += len(due)
    return rung
