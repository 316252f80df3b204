"""The bot's rooms by their key, and who was last seen in them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import Member, Room
from bot.store import deadlines, kept

JOINED, INVITED = "join", "invite"
"""Memberships are Matrix's own words: join, invite, leave, ban, knock."""
CLOSED = "room.closed "
"""Under this name, with a room's id after it, is kept that it has been replaced."""
SEALED = "room.sealed "
"""Under this name, with a room's id after it, is kept that it is encrypted, known to us or not."""
UNSEALED = "room.unsealed"
"""The kind of deadline that tells of a room that is not encrypted; its subject is the key."""


async def by_key(session: AsyncSession, key: str) -> Room | None:
    """Find the room with that key ("forum:CODE", "direct:@mxid")."""
    return (await session.exec(select(Room).where(Room.key == key))).one_or_none()


async def key_of(session: AsyncSession, room_id: str) -> str | None:
    """Tell which key that Matrix room has; None when it is not one of the bot's."""
    return (await session.exec(select(Room.key).where(Room.room_id == room_id))).one_or_none()


async def by_id(session: AsyncSession, room_id: str) -> Room | None:
    """Find the bot's room with that Matrix id; None if it is none of the bot's."""
    return (await session.exec(select(Room).where(Room.room_id == room_id))).one_or_none()


async def every(session: AsyncSession) -> list[Room]:
    """List all of the bot's rooms, by key."""
    return list(await session.exec(select(Room).order_by(col(Room.key))))


async def remember(session: AsyncSession, room: Room) -> Room:
    """Keep a room under its key, instead of the one that had it before; give the row kept.

    What was once seen encrypted stays so, whatever is said of the room later, or was before.
    """
    if await kept.get(session, SEALED + room.room_id) is not None:
        room.encrypted = True
    known = await by_key(session, room.key)
    if known is None:
        session.add(room)
        return room
    same = known.room_id == room.room_id
    if room.encrypted or not same:
        await deadlines.drop(session, UNSEALED, room.key)
    known.made_at = known.made_at if same else room.made_at
    known.encrypted = room.encrypted or (known.encrypted and same)
    known.room_id, known.alias = room.room_id, room.alias
    return known


async def close(session: AsyncSession, room_id: str, now: datetime) -> None:
    """Note that a room of the law's has been replaced: nothing more is said in it."""
    key = await key_of(session, room_id)
    if key is not None and not key.startswith("direct:"):
        await kept.put(session, CLOSED + room_id, now.isoformat())


async def is_closed(session: AsyncSession, room_id: str) -> bool:
    """Tell whether a room has been replaced."""
    return await kept.get(session, CLOSED + room_id) is not None


async def members(session: AsyncSession, room_id: str) -> list[Member]:
    """List what the room last said of everybody it spoke of, by Matrix id."""
    spoken_of = select(Member).where(Member.room_id == room_id).order_by(col(Member.mxid))
    return list(await session.exec(spoken_of))


async def joined(session: AsyncSession, room_id: str) -> set[str]:
    """Give the Matrix ids of those who are in the room now."""
    inside = select(Member.mxid).where(Member.room_id == room_id, Member.membership == JOINED)
    return set(await session.exec(inside))


async def invited(session: AsyncSession) -> set[tuple[str, str]]:
    """Give, as (room id, Matrix id), who has been asked into a room and has not come."""
    outside = select(Member.room_id, Member.mxid).where(Member.membership == INVITED)
    return {(room_id, mxid) for room_id, mxid in await session.exec(outside)}


async def with_direct(session: AsyncSession, mxids: Collection[str]) -> set[str]:
    """Give those of these people who have a direct room with the bot."""
    theirs = select(Room.key).where(col(Room.key).in_([f"direct:{mxid}" for mxid in mxids]))
    return {key.removeprefix("direct:") for key in await session.exec(theirs)}


async def present(session: AsyncSession, room_id: str) -> set[str]:
    """Give the Matrix ids of those who are in the room or invited."""
    inside = select(Member.mxid).where(
        Member.room_id == room_id, col(Member.membership).in_((JOINED, INVITED))
    )
    return set(await session.exec(inside))


async def moved(  # noqa: PLR0913 - a membership event has as many parts
    session: AsyncSession,
    room_id: str,
    mxid: str,
    membership: str,
    since: datetime,
    *,
    by_choice: bool = False,
) -> Member:
    """Note what the room says of a person now; who comes back need not be asked back again."""
    asked = select(Member).where(Member.room_id == room_id, Member.mxid == mxid)
    member = (await session.exec(asked)).one_or_none()
    if member is None:
        member = Member(room_id=room_id, mxid=mxid, membership=membership, since=since)
        session.add(member)
    member.membership, member.since, member.by_choice = membership, since, by_choice
    if membership == JOINED:
        member.asked_back = False
    return member


async def shared(session: AsyncSession, one: str, other: str) -> int:
    """Count the rooms that both are in now."""
    inside = select(Member.room_id).where(Member.membership == JOINED)
    both = inside.where(
        Member.mxid == one, col(Member.room_id).in_(inside.where(Member.mxid == other))
    )
    return len((await session.exec(both)).all())


async def seal(session: AsyncSession, room_id: str) -> None:
    """Note that a room is encrypted, also one that we come to know later. Nothing takes it back."""
    await kept.put(session, SEALED + room_id, "")
    sealed = update(Room).where(col(Room.room_id) == room_id).values(encrypted=True)
    await session.exec(sealed)
    key = await key_of(session, room_id)
    if key is not None:
        await deadlines.drop(session, UNSEALED, key)


async def is_sealed(session: AsyncSession, room_id: str) -> bool:
    """Tell whether a room has said that it is encrypted, or is known to be."""
    room = await by_id(session, room_id)
    known = room is not None and room.encrypted
    return known or await kept.get(session, SEALED + room_id) is not None


async def membership(session: AsyncSession, room_id: str, mxid: str) -> str | None:
    """Tell what the room last said of a person; None if it never spoke of them."""
    said = select(Member.membership).where(Member.room_id == room_id, Member.mxid == mxid)
    return (await session.exec(said)).one_or_none()


async def stays_out(session: AsyncSession, mxid: str) -> bool:
    """Tell whether a person is known not to be in their direct room: invited only, or gone."""
    room = await by_key(session, f"direct:{mxid}")
    said = await membership(session, room.room_id, mxid) if room else None
    return said not in {None, JOINED}
