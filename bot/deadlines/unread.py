"""What could not be read: ask for its key, tell its sender, and forget it in the end."""

from __future__ import annotations

from bot.asking import Ring, deadline
from bot.domain.answer import Direct, InForum, Place, Reply, Typed
from bot.domain.model import UnreadState
from bot.domain.rooms import forum_of
from bot.domain.unread import ASK, EXPIRE, KEPT, TELL
from bot.store import deadlines, holdings, people, rooms, unread


@deadline(ASK)
async def ask(ring: Ring) -> None:
    """Have the sender's devices asked for the keys that have not come by themselves."""
    room_id, _, sender = ring.subject.partition(" ")
    for row in await unread.of(ring.session, room_id, sender):
        if row.state == UnreadState.WAITING:
            row.state = UnreadState.WANTED


@deadline(TELL)
async def tell(ring: Ring) -> Reply | None:
    """Tell the sender, in the room and once for all that came, to send it again."""
    room_id, _, sender = ring.subject.partition(" ")
    rows = await unread.of(ring.session, room_id, sender)
    place = _place(await rooms.key_of(ring.session, room_id))
    if not rows or place is None:
        return None
    for row in rows:
        row.state = UnreadState.TOLD
    facts = {
        "person": Typed(await _name(ring, sender)),
        "count": len(rows),
        "since": rows[0].heard_at,
        "direct": isinstance(place, Direct),
    }
    return Reply(
        "unread/again", facts, to=place, mention=(sender,), call=True, answers=rows[0].event_id
    )


async def _name(ring: Ring, mxid: str) -> str:
    person = await people.get(ring.session, mxid)
    held = await holdings.held_by(ring.session, mxid, ring.now)
    return person.name if person else held[0].name if held else mxid


def _place(key: str | None) -> Place | None:
    """Tell where that is, in a forum or a direct room; elsewhere nobody is told anything."""
    kind, _, name = (key or "").partition(":")
    forum = forum_of(key or "")
    if forum:
        return InForum(forum)
    return Direct(name) if kind == "direct" else None


@deadline(EXPIRE)
async def expire(ring: Ring) -> None:
    """Forget what is too old to be worth reading."""
    oldest = await unread.expire(ring.session, ring.now - KEPT)
    if oldest is not None:
        await deadlines.set_(ring.session, EXPIRE, ring.subject, oldest + KEPT)
