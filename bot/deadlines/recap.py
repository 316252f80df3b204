"""Who comes late is told what they owe and what holds, once they have a device that can read it."""

from __future__ import annotations

import structlog

from bot.asking import Ring, deadline
from bot.domain.answer import Direct, Reply
from bot.domain.membership import functions_of
from bot.domain.recap import RECAP, equipped, is_news, mark, told
from bot.domain.rooms import forum_of
from bot.procedures.recaps import recap as gather
from bot.store import holdings, kept, rooms

log = structlog.get_logger()


@deadline(RECAP)
async def recap(ring: Ring) -> Reply | None:
    """Tell them in their direct room; nothing, if there is nothing to tell or nothing new.

    The subject is "room_id mxid".
    """
    room_id, _, mxid = ring.subject.partition(" ")
    forum = ring.region.forums.get(forum_of(await rooms.key_of(ring.session, room_id) or "") or "")
    if forum is None or await rooms.membership(ring.session, room_id, mxid) != "join":
        return None
    functions = functions_of(forum, ring.region)
    every = await holdings.held_by(ring.session, mxid, ring.now)
    held = [each for each in every if each.function in functions]
    facts = await gather(ring, forum, mxid, held) if held else None
    before = await kept.get(ring.session, told(ring.subject))
    if facts is None or not is_news(before, facts, ring.now):
        return None
    await kept.put(ring.session, told(ring.subject), mark(facts, ring.now))
    room = await rooms.by_key(ring.session, f"forum:{forum.code}")
    if room and room.encrypted and not await kept.get(ring.session, equipped(mxid)):
        log.warning("recap.without_device", room_id=room_id, mxid=mxid)
    return Reply("member/recap", facts, to=Direct(mxid), mention=(mxid,), call=bool(facts["waits"]))
