"""All that decides who belongs in which room, read in one look."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import and_, col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import (
    Call,
    CallState,
    CallStep,
    Holding,
    Letter,
    Meeting,
    MeetingState,
    Member,
    Override,
    Room,
    StepState,
    Summons,
)
from bot.store import holdings

REGISTER = "register:"
OWN_ACCOUNTS = "accounts.own"
"""Under this name the mxids of the bot and the rooms' other creators are kept, parted by spaces."""


@dataclass(frozen=True)
class Belonging:
    """What is known now.

    `holdings` are periods, overrides laid on; `rooms` gives ids by key; `members`, by key and mxid,
    what each room last said; `called`, by forum, who comes to a meeting that is not over;
    `registers`, by forum, the register message.
    """

    holdings: list[Holding]
    rooms: Mapping[str, str]
    members: Mapping[str, Mapping[str, Member]]
    called: Mapping[str, frozenset[str]]
    registers: Mapping[str, str]


async def belonging(session: AsyncSession) -> Belonging:
    """Read it."""
    keys = await _rooms(session)
    return Belonging(
        holdings=await holdings.periods(session),
        rooms={key: room_id for room_id, key in keys.items()},
        members=await _members(session, keys),
        called=await coming(session),
        registers=await _registers(session),
    )


async def coming(session: AsyncSession) -> dict[str, frozenset[str]]:
    """List, by forum, those who have answered for a seat in a meeting that is not over.

    Whoever says that they have the call needs the room, whether or not they have said they come.
    """
    found = await session.exec(
        select(Meeting.forum, CallStep.mxid)
        .join(Summons, col(Summons.meeting) == col(Meeting.id))
        .join(Call, col(Call.summons) == col(Summons.id))
        .join(CallStep, col(CallStep.call) == col(Call.id))
        .where(col(Meeting.state).in_((MeetingState.CALLED, MeetingState.OPEN)))
        .where(
            col(Call.state).in_((CallState.ACKNOWLEDGED, CallState.ATTENDING)),
            CallStep.state == StepState.ANSWERED,
        )
    )
    by_forum: dict[str, set[str]] = defaultdict(set)
    for forum, mxid in found:
        by_forum[forum].add(mxid)
    return {forum: frozenset(people) for forum, people in by_forum.items()}


async def turned(session: AsyncSession, since: datetime, until: datetime) -> frozenset[str]:
    """Give the functions in which somebody began or ended after `since`, up to `until`.

    Also those of which something else became known at `since` or later.
    """
    functions: set[str] = set()
    for row, known in ((Holding, Holding.known_at), (Override, Override.made_at)):
        turns = [and_(col(at) > since, col(at) <= until) for at in (row.starts, row.ends)]
        news = [col(at) >= since for at in (known, row.withdrawn_at)]
        functions.update(await session.exec(select(row.function).where(or_(*turns, *news))))
    return frozenset(functions)


async def _rooms(session: AsyncSession) -> dict[str, str]:
    """Give the keys of the Spaces and the forums' rooms, by their ids."""
    every = await session.exec(select(Room).order_by(col(Room.key)))
    return {room.room_id: room.key for room in every if not room.key.startswith("direct:")}


async def _members(session: AsyncSession, keys: Mapping[str, str]) -> dict[str, dict[str, Member]]:
    """Give what those rooms last said of everybody."""
    members: dict[str, dict[str, Member]] = {key: {} for key in keys.values()}
    for member in await session.exec(select(Member).where(col(Member.room_id).in_(keys))):
        members[keys[member.room_id]][member.mxid] = member
    return members


async def _registers(session: AsyncSession) -> dict[str, str]:
    """Give, by forum, the event of the first register letter: the one that edits belong to."""
    told = (
        select(Letter.object, Letter.event_id)
        .join(Room, col(Room.key) == col(Letter.place))
        .where(col(Letter.object).startswith(REGISTER), col(Letter.event_id).is_not(None))
        .where(col(Letter.sent_at).is_(None) | (col(Letter.sent_at) >= col(Room.made_at)))
        .order_by(col(Letter.position).desc())
    )
    return {
        str(object_).removeprefix(REGISTER): str(event_id)
        for object_, event_id in await session.exec(told)
    }
