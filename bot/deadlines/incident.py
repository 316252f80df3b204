"""What time says about a request for cooperation: judge it, or judge it anew (R9, T1)."""

from __future__ import annotations

from bot.asking import Ring, deadline
from bot.domain.answer import Answer, Direct, Reply
from bot.domain.model import IncidentState
from bot.procedures.incidents import turn
from bot.procedures.judging import AGAIN, DEPUTY, JUDGE, ask_deputy, judge_anew, pass_on
from bot.procedures.requesting import UNSAID
from bot.store import incidents
from bot.store import unsaid as store


@deadline(JUDGE)
async def unjudged(ring: Ring) -> list[Answer]:
    """Let a request that nobody has judged in time go on to the next; it never ends silently."""
    incident = await incidents.in_state(ring.session, ring.subject, IncidentState.REQUESTED)
    return await pass_on(ring, incident) if incident else []


@deadline(DEPUTY)
async def deputy(ring: Ring) -> list[Answer]:
    """Ask the judge's deputy too, of a request that is still to be judged."""
    incident = await incidents.in_state(ring.session, ring.subject, IncidentState.REQUESTED)
    return await ask_deputy(ring, incident) if incident else []


@deadline(UNSAID)
async def unsaid(ring: Ring) -> list[Answer]:
    """Say to who pressed the button, and nothing more, that nothing has been passed on yet."""
    mxid = ring.subject
    if not await store.among(ring.session, [mxid], ring.now):
        return []
    return [Reply("incident/unsaid", {}, to=Direct(mxid), mention=(mxid,), call=True)]


@deadline(AGAIN)
async def again(ring: Ring) -> list[Answer]:
    """Ask for a new judgement of what has been followed until now."""
    incident = await incidents.by_id(ring.session, ring.subject)
    if incident is None or incident.state != IncidentState.FOLLOWED:
        return []
    turns = await incidents.turns(ring.session, incident.id)
    await turn(ring, incident, IncidentState.REQUESTED)
    incident.judged_at = incident.look_again_at = None
    return await judge_anew(ring, incident, turns[-1].function)
