"""First contact: the duty officers' group is called, with those whom the event concerns (S19)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.asking.ask import Ask
from bot.domain.answer import Answer, Facts
from bot.domain.concerned import called
from bot.domain.limits import due
from bot.domain.model import ConcernedActor, Holding, Incident
from bot.domain.region import Mode, Region
from bot.domain.summons import ends_at, limits_of
from bot.procedures.incidents import note
from bot.procedures.roll import Asking, Roll, read, roster_now
from bot.procedures.summoning import Wanted, call_more, summon
from bot.store import incidents, meetings, summonses

FIRST_CONTACT = timedelta(minutes=10)
"""How soon the group meets once it is called: the first asked and a deputy have had their time."""


def starts_at(region: Region, incident: Incident, now: datetime) -> datetime:
    """Tell when the group is to meet, to the minute.

    Ten minutes from now; sooner where that is needed to begin in time after the request (T4), but
    never before the first asked have had theirs to acknowledge (T2).
    """
    start = due(
        region.limits[Mode.ACTIVATED]["start"], incident.asked_at, region, next_meeting=None
    )
    soonest = now + limits_of(region, Mode.ACTIVATED, now).first
    wanted = min(now + FIRST_CONTACT, max(soonest, start))
    return wanted.replace(second=0, microsecond=0)


async def call(ask: Ask, incident: Incident, held: Holding, at: datetime | None) -> list[Answer]:
    """Call the group to its first contact about an incident; nothing where the law has none."""
    forum = ask.region.forums.get(ask.region.cooperation.contact or "")
    if forum is None:
        return []
    starts = at or starts_at(ask.region, incident, ask.now)
    ends = ends_at(ask.region, forum, starts)
    wanted = Wanted(forum, starts, ends, incident.text, held, incident=incident.id)
    return (await summon(ask, wanted))[1]


async def concern(
    at: Asking, incident: Incident, organisations: Iterable[str], held: Holding
) -> list[str]:
    """Note that an incident concerns these; give those of whom it was not known."""
    known = {each.organisation for each in await incidents.concerned(at.session, incident.id)}
    new = [code for code in dict.fromkeys(organisations) if code not in known]
    for code in new:
        at.session.add(ConcernedActor(
            incident=incident.id, organisation=code, said_as=held.function, said_at=at.now
        ))  # fmt: skip
    if new:
        await at.session.flush()
        await note(at, incident, "incident.concerned", held, organisations=new)
    return new


@dataclass(frozen=True)
class Meeting:
    """A meeting about an incident that is not over, with its call."""

    roll: Roll

    @property
    def facts(self) -> Facts:
        """Name it: its summons, its forum, when it begins."""
        meeting = self.roll.meeting
        return {
            "summons": self.roll.summons.id, "meeting": meeting.id, "forum": meeting.forum,
            "starts": meeting.starts_at,
        }  # fmt: skip


async def running(at: Asking, incident: Incident) -> list[Meeting]:
    """List the meetings about an incident that are called or open, the first to begin first."""
    roster = await roster_now(at)
    found: list[Meeting] = []
    for meeting in await meetings.about(at.session, incident.id):
        made = await summonses.of_meeting(at.session, meeting.id)
        roll = await read(at, made, roster) if made else None
        found += [Meeting(roll)] if roll and not roll.over else []
    return found


async def join(at: Asking, incident: Incident, meeting: Meeting) -> list[Answer]:
    """Call those concerned who are not called to a meeting yet, there and then."""
    roll = meeting.roll
    there = {at.region.home_of(each.seat.function).code for each in roll.seats}
    actors = await incidents.concerned(at.session, incident.id)
    late = {each.organisation for each in actors} - there
    seats = [
        seat
        for seat in called(at.region, roll.forum, actors)
        if at.region.home_of(seat.function).code in late
    ]
    return await call_more(at, roll, seats) if seats else []
