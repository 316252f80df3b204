"""What is handled together: the incidents there are, and those that are not over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import (
    ConcernedActor,
    Incident,
    IncidentState,
    IncidentTurn,
    Meeting,
    RhythmTime,
)
from bot.domain.region import Forum, Region

OVER = (IncidentState.NO_NEED, IncidentState.ENDED)
"""In these states nothing more is waited for."""
ACTIVE = (IncidentState.ACTIVATED, IncidentState.STEPPING_DOWN)
"""In these states its conferences meet, and what is for activated mode is awake."""


async def by_id(session: AsyncSession, incident_id: str) -> Incident | None:
    """Find the incident with that id (H-2026-031)."""
    return (await session.exec(select(Incident).where(Incident.id == incident_id))).one_or_none()


async def in_state(session: AsyncSession, id_: str, state: IncidentState) -> Incident | None:
    """Find it while it is in that state; None once it has gone on."""
    found = await by_id(session, id_)
    return found if found and found.state == state else None


async def running(session: AsyncSession) -> list[Incident]:
    """List the incidents that are not over, the oldest first."""
    there = select(Incident).where(col(Incident.state).not_in(OVER))
    return list(await session.exec(there.order_by(col(Incident.asked_at), col(Incident.id))))


async def turn(session: AsyncSession, incident: Incident, change: IncidentTurn) -> None:
    """Let an incident's state change as it says, and keep who changed it, as what and why."""
    incident.state = change.state
    session.add(incident)
    session.add(change)


async def turns(session: AsyncSession, incident_id: str) -> list[IncidentTurn]:
    """List an incident's changes of state, in the order they came."""
    there = select(IncidentTurn).where(IncidentTurn.incident == incident_id)
    return list(await session.exec(there.order_by(col(IncidentTurn.id))))


async def concerned(session: AsyncSession, incident_id: str) -> list[ConcernedActor]:
    """List the organisations that an incident concerns, those named first first."""
    there = select(ConcernedActor).where(ConcernedActor.incident == incident_id)
    order = (col(ConcernedActor.said_at), col(ConcernedActor.organisation))
    return list(await session.exec(there.order_by(*order)))


async def active(session: AsyncSession) -> list[Incident]:
    """List the incidents that are in activated mode, or step down from it, the oldest first."""
    there = select(Incident).where(col(Incident.state).in_(ACTIVE))
    return list(await session.exec(there.order_by(col(Incident.activated_at), col(Incident.id))))


async def rhythm(session: AsyncSession, incident_id: str) -> list[RhythmTime]:
    """List the times at which an incident's conference meets or has met, the earliest first."""
    there = select(RhythmTime).where(RhythmTime.incident == incident_id)
    return list(await session.exec(there.order_by(col(RhythmTime.starts_at))))


async def next_time(session: AsyncSession, incident_id: str, now: datetime) -> datetime | None:
    """Tell when an incident's conference meets next; None where no time is left."""
    times = (each.starts_at for each in await rhythm(session, incident_id))
    return next((at for at in times if at > now), None)


async def set_rhythm(session: AsyncSession, incident_id: str, times: Iterable[datetime]) -> None:
    """Let these be the times that have not been called yet, in the place of those there were."""
    called = set()
    for each in await rhythm(session, incident_id):
        if each.meeting is None:
            await session.delete(each)
        else:
            called.add(each.starts_at)
    session.add_all(
        RhythmTime(incident=incident_id, starts_at=at) for at in times if at not in called
    )
    await session.flush()


async def take_time_out(session: AsyncSession, meeting: str) -> None:
    """Take the time out of a rhythm at which that meeting was to be; nothing if there is none."""
    its = select(RhythmTime).where(RhythmTime.meeting == meeting)
    for row in await session.exec(its):
        await session.delete(row)
    await session.flush()


async def of_forum(session: AsyncSession, region: Region, forum: str) -> str | None:
    """Give the incident that what happens in a forum without a meeting is about; None if none.

    That is the only one in activated mode, in the forums of its contact and its conference.
    """
    its = {region.cooperation.contact, region.cooperation.conference}
    there = await awake(session, region.practised) if forum in its else []
    return there[0] if len(there) == 1 else None


async def of_meeting(
    session: AsyncSession, region: Region, forum: str, meeting: Meeting | None
) -> str | None:
    """Give the incident that something said in a forum is about: its open meeting's, or its own."""
    return meeting.incident if meeting else await of_forum(session, region, forum)


async def awake(session: AsyncSession, exercise: str | None = None) -> list[str]:
    """List the incidents because of which what is for activated mode is awake, there.

    In an exercise those of that exercise; where it is real none of any.
    """
    return [each.id for each in await active(session) if each.exercise == exercise]


async def awake_for(session: AsyncSession, forum: Forum, exercise: str | None = None) -> list[str]:
    """List the incidents because of which a forum is awake: one that is always there has none."""
    return await awake(session, exercise) if forum.activated_only else []
