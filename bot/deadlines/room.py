"""A room of the bot's is not as it should be: those who can mend it are told, and the chair."""

from __future__ import annotations

from bot.asking import Ring, deadline
from bot.domain.answer import Direct, Facts, Operators, Reply
from bot.domain.region import Forum
from bot.domain.rooms import forum_of
from bot.store import holdings, rooms


@deadline("room.troubled")
async def troubled(ring: Ring) -> list[Reply]:
    """Tell what was done to a room, by whom, and what mends it. A room not the law's is let go.

    The subject is "room_id what mxid"; `what` is as in `domain.incoming.Troubled`.
    """
    room_id, what, who = ring.subject.split(" ", 2)
    key = await rooms.key_of(ring.session, room_id)
    if key is None or key.startswith("direct:"):  # a direct room is made anew by itself
        return []
    forum = ring.region.forums.get(forum_of(key) or "")
    facts = {"what": what, "who": who, "forum": forum.code if forum else None, "room_id": room_id}
    return await _told(ring, forum, facts)


@deadline("room.closed")
async def closed(ring: Ring) -> Reply | None:
    """Tell the operators, once a day, that what is for a room waits. The subject is "key day"."""
    key = ring.subject.partition(" ")[0]
    room = await rooms.by_key(ring.session, key)
    if room is None:
        return None
    facts = {"forum": forum_of(key), "room_id": room.room_id}
    return Reply("room/closed", facts, to=Operators(), call=True)


@deadline("rooms.differ")
async def differ(ring: Ring) -> Reply:
    """Tell the operators that the rooms are not as the law wants them.

    The subject is how many steps mend it, and a mark of which.
    """
    steps = int(ring.subject.partition(" ")[0])
    return Reply("room/differ", {"steps": steps}, to=Operators(), call=True)


async def _told(ring: Ring, forum: Forum | None, facts: Facts) -> list[Reply]:
    """Tell the operators what to do, and the one who leads the forum what it means."""
    replies = [Reply("room/troubled", facts, to=Operators(), call=True)]
    chair = await holdings.leader(ring.session, forum.lead if forum else (), ring.now)
    if chair:
        replies.append(Reply("room/troubled_chair", facts, to=Direct(chair), call=True))
    return replies
