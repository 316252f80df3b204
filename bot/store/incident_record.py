"""What came of an incident: its meetings, what was agreed, taken on and carried home, lessons."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import and_, col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.agreements import STANDING
from bot.domain.model import (
    Action,
    Agreement,
    AgreementState,
    CarryBack,
    Incident,
    Lesson,
    LogEntry,
    Meeting,
    MeetingState,
)
from bot.store import deadlines
from bot.store.actions import OPEN

FIRST_INFO = "incident.first_info"
"""What the log says of the first information, with who was told for each organisation."""
PUT, DEPUTY_ASKED, HANDED_ON = "incident.put", "incident.deputy_asked", "incident.handed_on"
"""What the log says of who is asked to judge: by turn, as a deputy, as the function is theirs."""
CONDITION_ASKED = "incident.condition_asked"
"""What the log says when the lead is asked whether it can end; its subject is the meeting."""
CONDITION_MET, CONDITION_NOT_MET = "incident.condition_met", "incident.condition_not_met"
"""What the log says of the answer; its subject is the incident."""
INFORMED = "incident.informed"
"""The deadline at which it is looked at who has not got the first information (T5)."""
STEPPED_OVER = "incident.stepped_over"
"""What the log says when somebody lets an incident end over what is open, and why."""


async def open_actions(session: AsyncSession, incident: str) -> list[Action]:
    """List what is still to be done, first due first."""
    undone = select(Action).where(Action.incident == incident, col(Action.state).in_(OPEN))
    return list(await session.exec(undone.order_by(col(Action.due_at), col(Action.id))))


async def proposals(session: AsyncSession, incident: str) -> list[Agreement]:
    """List what still takes positions, the first to close first."""
    taking = select(Agreement).where(
        Agreement.incident == incident, Agreement.state == AgreementState.PROPOSED
    )
    return list(await session.exec(taking.order_by(col(Agreement.closes_at), col(Agreement.id))))


async def valid(session: AsyncSession, incident: str, after: datetime) -> list[Agreement]:
    """List what is agreed and holds longer than to that moment."""
    holds = select(Agreement).where(
        Agreement.incident == incident,
        col(Agreement.state).in_(STANDING),
        or_(col(Agreement.valid_until).is_(None), col(Agreement.valid_until) > after),
    )
    return list(await session.exec(holds.order_by(col(Agreement.id))))


async def not_home(session: AsyncSession, incident: str) -> list[CarryBack]:
    """List the carry-backs with a part of their own that nobody at home has confirmed."""
    on_the_way = (
        select(CarryBack)
        .join(Meeting, col(Meeting.id) == col(CarryBack.meeting))
        .where(Meeting.incident == incident, col(CarryBack.own_part).is_(True))
        .where(col(CarryBack.confirmed_at).is_(None))
    )
    return list(await session.exec(on_the_way.order_by(col(CarryBack.id))))


async def unfinished(session: AsyncSession, incident: str) -> list[Meeting]:
    """List the meetings that are on, or whose digest nobody has approved."""
    there = select(Meeting).where(
        Meeting.incident == incident,
        col(Meeting.state).in_((MeetingState.OPEN, MeetingState.ENDED)),
    )
    return list(await session.exec(there.order_by(col(Meeting.starts_at), col(Meeting.id))))


async def stepped_over(session: AsyncSession, incident: str) -> frozenset[str]:
    """Give the ids of what somebody has let it end over."""
    said = select(LogEntry).where(LogEntry.subject == incident, LogEntry.what == STEPPED_OVER)
    return frozenset(id_ for entry in await session.exec(said) for id_ in entry.facts["open"])


async def told_first(session: AsyncSession, incident: str) -> dict[str, str | None]:
    """Tell who was told the first information for each organisation; None where nobody was."""
    said = select(LogEntry).where(LogEntry.subject == incident, LogEntry.what == FIRST_INFO)
    newest = said.order_by(col(LogEntry.position).desc()).limit(1)
    entry = (await session.exec(newest)).first()
    return dict(entry.facts["told"]) if entry else {}


async def last_of_condition(session: AsyncSession, incident: Incident) -> LogEntry | None:
    """Find what was last asked or answered about what ends it, since it was activated."""
    its = select(Meeting.id).where(Meeting.incident == incident.id)
    asked = and_(LogEntry.what == CONDITION_ASKED, col(LogEntry.subject).in_(its))
    answers = col(LogEntry.what).in_((CONDITION_MET, CONDITION_NOT_MET))
    answered = and_(answers, LogEntry.subject == incident.id)
    said = select(LogEntry).where(or_(asked, answered))
    newest = said.order_by(col(LogEntry.position).desc()).limit(1)
    found = (await session.exec(newest)).first()
    since = incident.activated_at
    return found if found and since and found.happened_at >= since else None


async def asked_to_judge(session: AsyncSession, incident: str) -> set[str]:
    """Give the Matrix ids of those asked to judge as the function whose turn it is."""
    said = select(LogEntry).where(LogEntry.subject == incident)
    asking = said.where(col(LogEntry.what).in_((PUT, DEPUTY_ASKED, HANDED_ON)))
    people: set[str] = set()
    for entry in await session.exec(asking.order_by(col(LogEntry.position))):
        people = set() if entry.what == PUT else people
        people.add(str(entry.facts.get("asked")))
    return people


async def awaiting_first(session: AsyncSession) -> set[str]:
    """Give the Matrix ids of those to whom first information is on its way, in its time."""
    incidents = await deadlines.subjects(session, INFORMED)
    told = [await told_first(session, each) for each in incidents]
    return {mxid for each in told for mxid in each.values() if mxid}


async def lessons(session: AsyncSession, incident: str) -> list[Lesson]:
    """List what people saw, in the order they said it."""
    seen = select(Lesson).where(Lesson.incident == incident)
    return list(await session.exec(seen.order_by(col(Lesson.said_at), col(Lesson.id))))
