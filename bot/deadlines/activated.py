"""What time says about an incident: its next conference, who was not told, its end."""

from __future__ import annotations

from bot.asking import Ring, deadline
from bot.domain.activation import facts
from bot.domain.answer import Answer
from bot.domain.model import IncidentState
from bot.procedures.conferring import CALL, call_due
from bot.procedures.informing import not_come, to_lead
from bot.procedures.lessons import asked
from bot.procedures.stepping_down import LESSONS, LESSONS_WRITTEN, STEPS_DOWN, end
from bot.store import incidents
from bot.store.incident_record import INFORMED


@deadline(CALL)
async def call(ring: Ring) -> list[Answer]:
    """Call the conference whose turn it is; one that steps down meets until then."""
    incident = await incidents.by_id(ring.session, ring.subject)
    if incident is None or incident.state not in incidents.ACTIVE:
        return []
    return await call_due(ring, incident)


@deadline(INFORMED)
async def not_informed(ring: Ring) -> list[Answer]:
    """Tell the lead whom the first information has not come to in its time (T5)."""
    incident = await incidents.by_id(ring.session, ring.subject)
    if incident is None or incident.state != IncidentState.ACTIVATED:
        return []
    without = await not_come(ring, incident)
    if not without:
        return []
    told = {**facts(incident), "without": without}
    return await to_lead(ring, incident, "incident/not_informed", told)


@deadline(STEPS_DOWN)
async def stepped_down(ring: Ring) -> list[Answer]:
    """End it, unless something is still open: then the lead is asked (B11)."""
    incident = await incidents.in_state(ring.session, ring.subject, IncidentState.STEPPING_DOWN)
    return await end(ring, incident) if incident else []


@deadline(LESSONS, outlives=True)
async def lessons(ring: Ring) -> list[Answer]:
    """Ask, a day after, what is worth doing otherwise (T20)."""
    incident = await incidents.by_id(ring.session, ring.subject)
    return await asked(ring, incident, written=False) if incident and incident.ended_at else []


@deadline(LESSONS_WRITTEN, outlives=True)
async def lessons_written(ring: Ring) -> list[Answer]:
    """Ask again after a fortnight, and show in the conference's room what was said (T20)."""
    incident = await incidents.by_id(ring.session, ring.subject)
    return await asked(ring, incident, written=True) if incident and incident.ended_at else []
