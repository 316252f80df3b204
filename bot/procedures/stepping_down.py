"""From activated mode back to the ordinary one: what is still open keeps it (R18, B11)."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.asking.ask import Ask
from bot.domain.activation import facts, informed, subject
from bot.domain.answer import Answer, InForum, Place, Refusal, Reply
from bot.domain.authority import acting_as
from bot.domain.limits import due
from bot.domain.model import Holding, Incident, IncidentState, IncidentTurn
from bot.domain.region import Mode
from bot.procedures import calling_off
from bot.procedures.conferring import CALL, conference_of
from bot.procedures.informing import to_each, to_know, to_lead
from bot.procedures.roll import Asking, roster_now
from bot.procedures.still_open import StillOpen, still_open
from bot.procedures.summoning import REGISTER
from bot.store import deadlines, incident_record, incidents, log

STEPS_DOWN = "incident.steps_down"
"""The deadline at which stepping down is to be over; its subject is the incident."""
LESSONS, LESSONS_WRITTEN = "incident.lessons", "incident.lessons_written"
"""The deadlines at which those who took part are asked what is worth doing otherwise (T20)."""
USUAL = timedelta(minutes=30)
"""How long stepping down takes where nobody says until when."""
AGAIN = timedelta(minutes=30)
"""How long after it was to be over the lead is asked again about what is still open."""


def deciders(ask: Ask, incident: Incident) -> tuple[str, ...]:
    """List the functions that decide on an incident's mode: its lead, its judges, its chairs."""
    forum = conference_of(ask.region)
    lead = forum.lead if forum else ()
    return tuple(
        dict.fromkeys(filter(None, (incident.lead, *ask.region.cooperation.judges, *lead)))
    )


def decides(ask: Ask, incident: Incident) -> Holding:
    """Give the holding by which they decide on its mode; Refusal if they do not."""
    needs = deciders(ask, incident)
    held = acting_as(ask, needs)
    if held is None:
        raise Refusal("not_incident_lead", id=incident.id, needs=list(needs))
    return held


async def step_down(
    ask: Ask, incident: Incident, until: datetime | None, despite: str | None
) -> list[Answer]:
    """Begin to step down, or say when it ends or over what; it never ends over what is open."""
    held = decides(ask, incident)
    if incident.state not in incidents.ACTIVE:
        raise Refusal("not_activated", **facts(incident))
    begins = incident.state == IncidentState.ACTIVATED
    at = until or (None if begins else incident.steps_down_at) or ask.now + USUAL
    if at < ask.now and until is not None:
        raise Refusal("time_passed", at=at)
    incident.steps_down_at = max(at, ask.now)
    if begins:
        await _turn(ask, incident, IncidentState.STEPPING_DOWN, held)
    open_ = await still_open(ask.session, incident.id, incident.steps_down_at)
    if despite:
        await _step_over(ask, incident, open_, despite, held)
    await deadlines.set_(ask.session, STEPS_DOWN, incident.id, incident.steps_down_at)
    await _refresh(ask)
    return await _said(ask, incident, open_, despite=bool(despite))


async def end(at: Asking, incident: Incident) -> list[Answer]:
    """End it if nothing is open but what was stepped over; else ask the lead, again and again."""
    open_ = await still_open(at.session, incident.id, at.now)
    over = await incident_record.stepped_over(at.session, incident.id)
    left = open_.without(over)
    if left.ids:
        await deadlines.set_(at.session, STEPS_DOWN, incident.id, at.now + AGAIN)
        told = {**facts(incident), **left.facts(), "again": at.now + AGAIN}
        return await to_lead(at, incident, "incident/kept_open", told)
    return await _ended(at, incident, open_)


async def _ended(at: Asking, incident: Incident, open_: StillOpen) -> list[Answer]:
    await over(at, incident)
    await deadlines.drop(at.session, CALL, incident.id)
    await incidents.set_rhythm(at.session, incident.id, ())
    off = await calling_off.about(at, incident.id, "ended")
    await _refresh(at)
    told = {**facts(incident), **open_.facts()}
    everybody = informed(at.region, await roster_now(at))
    forum = conference_of(at.region)
    said = to_each(everybody, "incident/ended", told, incident)
    said += await to_know(at, incident, "incident/ended", told)
    if forum is None:
        return [*said, *off]
    here = Reply("incident/ended", told, to=InForum(forum.code), subject=subject(incident))
    return [here, *said, *off]


async def over(at: Asking, incident: Incident) -> None:
    """Note that it has ended, whatever is open, and have it asked later what it taught (T20)."""
    incident.ended_at = at.now
    await _turn(at, incident, IncidentState.ENDED, None)
    limits = at.region.limits[Mode.ACTIVATED]
    for kind, key in ((LESSONS, "lessons"), (LESSONS_WRITTEN, "lessons_written")):
        by = due(limits[key], at.now, at.region, next_meeting=None)
        await deadlines.set_(at.session, kind, incident.id, by)


async def _step_over(
    ask: Ask, incident: Incident, open_: StillOpen, why: str, held: Holding
) -> None:
    """Write in the log over what it may end, each thing by its number, and why."""
    await log.append(
        ask.session, incident_record.STEPPED_OVER, incident.id, happened_at=ask.now,
        written_at=ask.now, function=held.function, mxid=ask.mxid,
        facts={"why": str(why), "open": list(open_.ids), "proof": ask.origin},
    )  # fmt: skip


async def _turn(at: Asking, incident: Incident, state: IncidentState, held: Holding | None) -> None:
    change = IncidentTurn(
        incident=incident.id, state=state, at=at.now,
        mxid=held.mxid if held else None, function=held.function if held else None,
    )  # fmt: skip
    await incidents.turn(at.session, incident, change)
    proof = {"proof": at.origin} if isinstance(at, Ask) else {}
    await log.append(
        at.session, f"incident.{state}", incident.id, happened_at=at.now, written_at=at.now,
        function=change.function, mxid=change.mxid, facts=proof,
    )  # fmt: skip


async def _refresh(at: Asking) -> None:
    """Have the registers of what exists in activated mode written anew."""
    for forum in at.region.forums.values():
        if forum.activated_only:
            await deadlines.set_(at.session, REGISTER, forum.code, at.now)


async def _said(ask: Ask, incident: Incident, open_: StillOpen, *, despite: bool) -> list[Answer]:
    """Say it where it was decided and in the conference's room, with all that is open."""
    times = [each.starts_at for each in await incidents.rhythm(ask.session, incident.id)]
    left = [at for at in times if at > ask.now]
    told = {
        **facts(incident), **open_.facts(), "despite": despite, "times": left,
        "at": ask.now, "any": bool(open_.ids),
    }  # fmt: skip
    forum = conference_of(ask.region)
    places: dict[Place, None] = {ask.place: None}
    places |= {InForum(forum.code): None} if forum else {}
    return [
        Reply("incident/stepping_down", told, to=place, subject=subject(incident))
        for place in places
    ]
