"""What a function leads or judges that is not over: what its brief begins with (R1, R18)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.domain.answer import Typed
from bot.domain.model import Incident, IncidentState
from bot.procedures.end_condition import unanswered
from bot.procedures.roll import Asking
from bot.store import incident_record, incidents


async def led_by(at: Asking, function: str) -> list[dict[str, Any]]:
    """List what goes on and is the function's to lead or judge, what it leads first.

    A request that waits to be judged is none of it: it is among what waits.
    """
    there = [
        it
        for it in await incidents.running(at.session)
        if it.state != IncidentState.REQUESTED and it.exercise == at.region.practised
    ]
    judges = function in at.region.cooperation.judges
    theirs = [it for it in there if judges or _leads(it, function)]
    return [await _said(at, it, function) for it in _in_order(theirs, function)]


def _leads(incident: Incident, function: str) -> bool:
    """Tell whether it leads an event, or chairs its meetings."""
    return function in {incident.lead, incident.chair}


def _in_order(theirs: Sequence[Incident], function: str) -> list[Incident]:
    return sorted(theirs, key=lambda it: not _leads(it, function))


async def _said(at: Asking, incident: Incident, function: str) -> dict[str, Any]:
    """Say of one where it stands, what comes next, and what its lead has to answer or to do."""
    last = await incident_record.last_of_condition(at.session, incident)
    asked = await unanswered(at, incident)
    met = last and last.what == incident_record.CONDITION_MET
    return {
        "id": incident.id, "text": Typed(incident.text), "state": str(incident.state),
        "leads": incident.lead == function, "lead": incident.lead,
        "end_condition": Typed(incident.end_condition),
        "next": await incidents.next_time(at.session, incident.id, at.now),
        "until": incident.steps_down_at, "again_at": incident.look_again_at,
        "asked_after": asked.subject if asked else None,
        "met_at": last.happened_at if last and met else None,
    }  # fmt: skip
