"""Each conference asks the lead whether what ends activated mode has come about (R18)."""

from __future__ import annotations

from bot.asking.ask import Ask
from bot.domain.activation import facts, subject
from bot.domain.answer import Answer, Ballot, Direct, InForum, Reply
from bot.domain.model import Incident, IncidentState, LogEntry, Meeting
from bot.domain.rhythm import write
from bot.procedures.conferring import conference_of
from bot.procedures.informing import leader_of
from bot.procedures.roll import Asking
from bot.procedures.stepping_down import USUAL, decides
from bot.store import incident_record, incidents, log, meetings
from bot.store.incident_record import CONDITION_ASKED, CONDITION_MET, CONDITION_NOT_MET

KIND = "condition"
"""The kind of subject whose poll is about it."""
CHOICES = ("met", "not_met")
BALLOT = Ballot("incident/condition_question", tuple((it, f"condition/{it}") for it in CHOICES))


async def question(at: Asking, meeting: Meeting) -> list[Answer]:
    """Ask once for each conference; and for more times, where there is none left."""
    incident = await incidents.by_id(at.session, meeting.incident or "")
    if incident is None or incident.state not in incidents.ACTIVE:
        return []
    lead = await leader_of(at, incident)
    if lead is None or await log.has(at.session, CONDITION_ASKED, meeting.id):
        return []
    return [await _ask(at, incident, meeting, lead)]


async def ask_who_leads_now(at: Asking) -> list[Answer]:
    """Ask whoever leads now what somebody else was asked and has not answered (R1)."""
    answers: list[Answer] = []
    for incident in await incidents.active(at.session):
        of_here = incident.exercise == at.region.practised
        asked = await unanswered(at, incident) if of_here else None
        lead = await leader_of(at, incident) if asked else None
        if asked and lead and lead != asked.facts.get("asked"):
            meeting = await meetings.by_id(at.session, asked.subject)
            answers += [await _ask(at, incident, meeting, lead, anew=True)] if meeting else []
    return answers


async def unanswered(at: Asking, incident: Incident) -> LogEntry | None:
    """Find what the lead was last asked and nobody has answered; once it steps down, nothing."""
    if incident.state != IncidentState.ACTIVATED:
        return None
    last = await incident_record.last_of_condition(at.session, incident)
    return last if last and last.what == CONDITION_ASKED else None


async def _ask(
    at: Asking, incident: Incident, meeting: Meeting, lead: str, *, anew: bool = False
) -> Reply:
    await log.append(
        at.session, CONDITION_ASKED, meeting.id, happened_at=at.now, written_at=at.now,
        forum=meeting.forum, facts={"incident": incident.id, "asked": lead},
    )  # fmt: skip
    told = {
        **facts(incident), "meeting": meeting.id, "anew": anew,
        "next": await incidents.next_time(at.session, incident.id, at.now),
    }  # fmt: skip
    return Reply(
        "incident/condition", told, to=Direct(lead), mention=(lead,), call=True,
        subject=f"{KIND}:{incident.id}", ballot=BALLOT,
    )  # fmt: skip


async def answered(ask: Ask, incident: Incident, *, met: bool) -> list[Answer]:
    """Keep the answer; a yes is told to all with what to write, and ends nothing by itself."""
    held = decides(ask, incident)
    what = CONDITION_MET if met else CONDITION_NOT_MET
    await log.append(
        ask.session, what, incident.id, happened_at=ask.now, written_at=ask.now,
        function=held.function, mxid=ask.mxid, facts={"proof": ask.origin},
    )  # fmt: skip
    told = {
        **facts(incident), "met": met, "by": held.function, "at": ask.now,
        "suggested": write((ask.now + USUAL,), ask.region),
        "next": await incidents.next_time(ask.session, incident.id, ask.now),
    }  # fmt: skip
    here = Reply("incident/condition_answered", told, subject=subject(incident))
    forum = conference_of(ask.region)
    if not met or forum is None or ask.place == InForum(forum.code):
        return [here]
    room = InForum(forum.code)
    return [here, Reply("incident/condition_answered", told, to=room, subject=subject(incident))]
