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
async def closed(ring: Ring) -> list[Reply]:
    """Tell, once a day, that what is for a room waits. The subject is "key day".

    With "silenced" after it the bot is inside and may not speak; then nobody else has told the
    chair.
    """
    key, _, rest = ring.subject.partition(" ")
    silenced = rest.endswith(" silenced")
    room = await rooms.by_key(ring.session, key)
    if room is None:
        return []
    forum = ring.region.forums.get(forum_of(key) or "")
    facts = {"forum": forum_of(key), "room_id": room.room_id, "silenced": silenced}
    replies = [Reply("room/closed", facts, to=Operators(), call=True)]
    chair = await _chair(ring, forum) if silenced else None
    if forum and chair:
        named = {"forum": forum.code}
        replies.append(Reply("room/closed_chair", named, to=Direct(chair), call=True))
    return replies


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
    chair = await _chair(ring, forum)
    if chair:
        replies.append(Reply("room/troubled_chair", facts, to=Direct(chair), call=True))
    return replies


async def _chair(ring: Ring, forum: Forum | None) -> str | None:
    """Find who leads the forum now."""
    return await holdings.leader(ring.session, forum.lead if forum else (), ring.now)
