"""Somebody has come into a forum's room or has left it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.asking import Ring, deadline
from bot.domain.answer import Direct, Reply, Typed
from bot.domain.membership import functions_of, lives_elsewhere
from bot.domain.model import Member
from bot.domain.recap import DEVICE_AWAITED, RECAP, equipped
from bot.domain.region import Forum
from bot.domain.rooms import SPACE, forum_of
from bot.domain.silences import server_of
from bot.store import deadlines, holdings, kept, people, rooms
from bot.store.belonging import OWN_ACCOUNTS, coming


@dataclass(frozen=True)
class _Here:
    """Who it is about, in which forum, and which of its functions they have there (rank, code)."""

    ring: Ring
    forum: Forum
    member: Member
    held: list[tuple[int, str]]


@deadline("member.moved")
async def member_moved(ring: Ring) -> list[Reply]:
    """Tell a guest and the chair that the law does not know them here; ask who left back, once.

    Nobody is thrown out. The subject is "room_id mxid".
    """
    here = await _here(ring)
    if here is None:
        return await _shown_in(ring)
    if here.member.membership == "join":
        return await _recapped(here) if here.held else await _guest(here)
    if here.member.membership == "leave" and here.member.by_choice:
        return await _asked_back(here)
    return []


@deadline("member.wanted")
async def member_wanted(ring: Ring) -> None:
    """Have the rooms compared with who is coming: they are looked at after every ring.

    The subject is a forum's code.
    """


async def _here(ring: Ring) -> _Here | None:
    """Find out what the deadline is about; None where it is no forum, or the bot's own account."""
    room_id, _, mxid = ring.subject.partition(" ")
    code = forum_of(await rooms.key_of(ring.session, room_id) or "")
    forum = ring.region.forums.get(code) if code else None
    members = {each.mxid: each for each in await rooms.members(ring.session, room_id)}
    own = (await kept.get(ring.session, OWN_ACCOUNTS) or "").split()
    if forum is None or mxid not in members or mxid in own:
        return None
    functions = functions_of(forum, ring.region)
    held = await holdings.held_by(ring.session, mxid, ring.now)
    ranks = sorted((each.rank, each.function) for each in held if each.function in functions)
    return _Here(ring, forum, members[mxid], ranks)


async def _shown_in(ring: Ring) -> list[Reply]:
    """Show who has come into the Space from another homeserver the way to their rooms, once."""
    room_id, _, mxid = ring.subject.partition(" ")
    own = (await kept.get(ring.session, OWN_ACCOUNTS) or "").split()
    home, told = server_of(own[0]) if own else None, f"way {mxid}"
    there = await rooms.membership(ring.session, room_id, mxid)
    in_space = there == "join" and await rooms.key_of(ring.session, room_id) == SPACE
    if not in_space or mxid in own or not lives_elsewhere(mxid, home):
        return []
    held = await holdings.held_by(ring.session, mxid, ring.now)
    codes = {each.function for each in held if each.rank == 1}
    found = [await _way(ring, it, home) for it in _forums(ring, codes)]
    ways = [it for it in found if it]
    if not ways or await kept.get(ring.session, told):
        return []
    await kept.put(ring.session, told, ring.now.isoformat())
    return [Reply("member/rooms", {"rooms": ways}, to=Direct(mxid))]


def _forums(ring: Ring, functions: set[str]) -> list[Forum]:
    """List the forums in which somebody with those functions belongs."""
    every = ring.region.forums.values()
    return [it for it in every if functions & set(functions_of(it, ring.region))]


async def _way(ring: Ring, forum: Forum, home: str | None) -> dict[str, str | None] | None:
    room = await rooms.by_key(ring.session, f"forum:{forum.code}")
    return {"forum": forum.code, "room_id": room.room_id, "via": home} if room else None


async def _recapped(here: _Here) -> list[Reply]:
    """Have what they missed told: at once, or once they have a device that can read it."""
    ring, mxid = here.ring, here.member.mxid
    room = await rooms.by_key(ring.session, f"forum:{here.forum.code}")
    ready = not (room and room.encrypted) or await kept.get(ring.session, equipped(mxid))
    due = ring.now if ready else ring.now + DEVICE_AWAITED
    await deadlines.set_(ring.session, RECAP, ring.subject, due)
    return []


async def _guest(here: _Here) -> list[Reply]:
    """Tell the guest and the chair, the first time they are seen; not who comes because called."""
    ring, mxid = here.ring, here.member.mxid
    called = (await coming(ring.session)).get(here.forum.code, frozenset())
    told = f"guest {here.member.room_id} {mxid}"
    if mxid in called or await kept.get(ring.session, told):
        return []
    await kept.put(ring.session, told, ring.now.isoformat())
    person = await people.get(ring.session, mxid)
    facts = {
        "forum": here.forum.code,
        "chair": here.forum.chair,
        "info_class": here.forum.info_class_max,
        "person": Typed(person.name) if person else mxid,
        "mxid": mxid,
    }
    replies = [Reply("member/guest", facts, to=Direct(mxid))]
    chair = await holdings.leader(here.ring.session, here.forum.lead, here.ring.now)
    if chair and chair != mxid:
        replies.append(Reply("member/guest_seen", facts, to=Direct(chair)))
    return replies


async def _asked_back(here: _Here) -> list[Reply]:
    """Ask who left although they hold a seat, once, in their direct room."""
    functions = [function for rank, function in here.held if rank == 1]
    if not functions or here.member.asked_back:
        return []
    here.member.asked_back = True
    facts = {"forum": here.forum.code, "function": functions[0]}
    return [Reply("member/asked_back", facts, to=Direct(here.member.mxid))]
