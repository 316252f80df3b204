"""An incident's conferences: called in time by its rhythm, with what the chair must know (R18)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.domain.activation import mandate_gaps
from bot.domain.answer import Answer, Direct, Reply
from bot.domain.calendar import local
from bot.domain.model import Holding, Incident, MeetingState, RhythmTime
from bot.domain.region import Forum, Region
from bot.domain.rhythm import called_before
from bot.domain.summons import ends_at
from bot.procedures.postponing import move
from bot.procedures.roll import Asking, Roll
from bot.procedures.summoning import Wanted, summon
from bot.store import deadlines, holdings, incidents, log, meetings

CALL = "incident.call"
"""The deadline at which an incident's next conference is called; its subject is the incident."""


def conference_of(region: Region) -> Forum | None:
    """Give the forum in which those handle together what is activated; the contact's, or none."""
    code = region.cooperation.conference or region.cooperation.contact
    return region.forums.get(code or "")


async def call_first(at: Asking, incident: Incident, caller: Holding | None) -> list[Answer]:
    """Call the first conference at once, and wait for the others' turn."""
    times = [each for each in await incidents.rhythm(at.session, incident.id) if not each.meeting]
    answers = await _call(at, incident, times[0], caller) if times else []
    return [*answers, *await call_due(at, incident)]


async def call_due(at: Asking, incident: Incident) -> list[Answer]:
    """Call what is to be called by now, skip what has passed, and wait for the next."""
    answers: list[Answer] = []
    left = [each for each in await incidents.rhythm(at.session, incident.id) if not each.meeting]
    for time in left:
        call_at = _call_at(at.region, time.starts_at)
        if call_at > at.now:
            await deadlines.set_(at.session, CALL, incident.id, call_at)
            return answers
        if time.starts_at > at.now:
            answers += await _call(at, incident, time, None)
        else:
            await _skip(at, incident, time)
    await deadlines.drop(at.session, CALL, incident.id)
    return answers


def _call_at(region: Region, starts_at: datetime) -> datetime:
    return starts_at - called_before(region, starts_at)


async def _call(
    at: Asking, incident: Incident, time: RhythmTime, caller: Holding | None
) -> list[Answer]:
    forum = conference_of(at.region)
    if forum is None:
        return []
    ends = ends_at(at.region, forum, time.starts_at)
    wanted = Wanted(forum, time.starts_at, ends, incident.text, caller=caller, incident=incident.id)
    roll, answers = await summon(at, wanted)
    time.meeting = roll.meeting.id
    at.session.add(time)
    return [*answers, *await _gaps(at, incident, roll)]


async def _skip(at: Asking, incident: Incident, time: RhythmTime) -> None:
    """Note that a conference's time passed while nobody was there to call it."""
    await at.session.delete(time)
    await log.append(
        at.session, "conference.skipped", incident.id, happened_at=time.starts_at,
        written_at=at.now, facts={"starts_at": time.starts_at.isoformat()},
    )  # fmt: skip


async def _gaps(at: Asking, incident: Incident, roll: Roll) -> Sequence[Answer]:
    """Tell the chair before the meeting which mandates are lacking for what is expected (B5)."""
    gaps = mandate_gaps(at.region, roll.forum, local(at.region, roll.meeting.starts_at).date())
    chair = await holdings.leader(at.session, roll.forum.lead, at.now)
    if not gaps or chair is None:
        return []
    concerned = {each.organisation for each in await incidents.concerned(at.session, incident.id)}
    for gap in gaps:
        for seat in gap["seats"]:
            seat["concerned"] = at.region.home_of(seat["function"]).code in concerned
    facts = {
        "id": incident.id, "forum": roll.forum.code, "meeting": roll.meeting.id,
        "starts": roll.meeting.starts_at, "gaps": gaps,
    }  # fmt: skip
    return [
        Reply(
            "incident/mandate_gaps", facts, to=Direct(chair), mention=(chair,), call=True,
            subject=f"summons:{roll.summons.id}",
        )
    ]  # fmt: skip


async def move_called(
    at: Asking, incident: Incident, times: Sequence[datetime]
) -> tuple[list[datetime], list[Answer]]:
    """Move a conference that is called and has not begun to the first of new times.

    Its summons and the answers to it stay. Give the times that are still to be called, and what
    those who were called are told.
    """
    left = sorted(times)
    answers: list[Answer] = []
    for row in await incidents.rhythm(at.session, incident.id):
        meeting = await meetings.by_id(at.session, row.meeting or "")
        if meeting is None or meeting.state != MeetingState.CALLED or not left:
            continue
        if row.starts_at in left:
            left.remove(row.starts_at)
            continue
        row.starts_at = left.pop(0)
        at.session.add(row)
        answers += await move(at, meeting, row.starts_at)
    return left, answers
