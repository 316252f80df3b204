"""A room is to be encrypted and is not: nothing is said there until it is."""

from __future__ import annotations

from bot.asking import Ring, deadline
from bot.domain.answer import Operators, Reply
from bot.domain.rooms import forum_of
from bot.store import rooms


@deadline("room.unsealed")
async def unsealed(ring: Ring) -> Reply | None:
    """Tell the operators, once, what waits and how it is mended. The subject is the room's key."""
    room = await rooms.by_key(ring.session, ring.subject)
    if room is not None and room.encrypted:
        return None
    facts = {"forum": forum_of(ring.subject), "room_id": room.room_id if room else None}
    return Reply("room/unsealed", facts, to=Operators(), call=True)
