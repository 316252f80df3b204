"""A judge says that a request has come to them: nobody else need be woken for it (R10)."""

from __future__ import annotations

from bot.asking.ask import Ask
from bot.domain.answer import Answer, Direct, Reply
from bot.domain.authority import acting_as
from bot.domain.model import IncidentState
from bot.procedures.assessing import judge_of
from bot.procedures.incidents import facts, meant, note, subject
from bot.procedures.judging import DEPUTY
from bot.store import deadlines


async def taken_up(ask: Ask, id_: str) -> list[Answer]:
    """Let the judge's deputies be; a stray tap of anybody else says nothing.

    It is no judgement: the time to judge goes on (T1).
    """
    incident = await meant(ask, id_)
    judges = ask.region.cooperation.judges
    waits = incident.state == IncidentState.REQUESTED and incident.judge is not None
    if ask.tapped and not (waits and acting_as(ask, judges)):
        return []
    held = await judge_of(ask, incident)
    if waits and await deadlines.waiting(ask.session, DEPUTY, incident.id):
        await deadlines.drop(ask.session, DEPUTY, incident.id)
        await note(ask, incident, "incident.taken_up", held)
    its = {**facts(incident), "until": incident.judge_until}
    return [Reply("incident/taken_up", its, to=Direct(ask.mxid), subject=subject(incident))]
