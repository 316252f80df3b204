"""Whoever must act is told where an incident's mails and webhooks do not get through (R9, T5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.asking.ask import Ring
from bot.domain.activation import subject
from bot.domain.answer import Answer, Facts, Reply
from bot.domain.dispatches import (
    first_info,
    judging,
    on_its_way,
    sent_elsewhere,
    to_phone,
)
from bot.domain.judging import judged_by
from bot.domain.model import Dispatch, Incident, IncidentState
from bot.domain.places import key_of
from bot.procedures.incidents import to_caller
from bot.procedures.informing import to_lead
from bot.store import deadlines, dispatches, incidents, letters, log

WORDS = "incident/ways"


async def told(at: Ring, incident: Incident) -> list[Answer]:
    """Tell who asked of the question to the judge, and who leads of the first information.

    Once there is something to act on; from then on it is kept true in place, without a sound.
    """
    rows = await dispatches.of(at.session, incident.id)
    look = on_its_way(rows, at.now)
    if look:
        await deadlines.set_(at.session, dispatches.INCIDENT_TOLD, incident.id, look)
    return [*await _to_who_asked(at, incident, rows), *await _to_who_leads(at, incident, rows)]


async def _to_who_asked(at: Ring, incident: Incident, rows: Sequence[Dispatch]) -> list[Answer]:
    theirs = [row for row in rows if row.occasion == judging(incident)]
    if not theirs or not await _waits(at, incident):
        return []
    said = await to_caller(at, incident, WORDS, _facts(at, incident, theirs, "judge"))
    return await _news(at, incident, said, theirs[0].occasion)


async def _waits(at: Ring, incident: Incident) -> bool:
    """Tell whether a judge is waited for who has not said that it has come to them."""
    if incident.state != IncidentState.REQUESTED or incident.judge_until is None:
        return False
    put_at = incident.judge_until - (judged_by(at.region, at.now) - at.now)
    taken_up = await log.latest(at.session, "incident.taken_up", incident.id)
    return taken_up is None or taken_up.happened_at < put_at


async def _to_who_leads(at: Ring, incident: Incident, rows: Sequence[Dispatch]) -> list[Answer]:
    theirs = [row for row in rows if row.occasion == first_info(incident)]
    if not theirs or incident.state not in incidents.ACTIVE:
        return []
    said = await to_lead(at, incident, WORDS, _facts(at, incident, theirs, "first_info"))
    return await _news(at, incident, said, theirs[0].occasion)


def _facts(at: Ring, incident: Incident, rows: Sequence[Dispatch], what: str) -> Facts:
    return {
        "id": incident.id,
        "exercise": incident.exercise,
        "what": what,
        "phone": to_phone(rows, at.now),
        "ways": sent_elsewhere(rows),
    }


async def _news(
    at: Ring, incident: Incident, said: Iterable[Answer], occasion: str
) -> list[Answer]:
    """Say it where it has been said before, and else where somebody is to be phoned."""
    object_ = f"ways:{incident.id}:{occasion}"
    news: list[Answer] = []
    for each in said:
        if not isinstance(each, Reply) or each.to is None:
            continue
        reply = replace(each, object=object_, subject=subject(incident))
        if await letters.first_of_object(at.session, key_of(each.to), object_):
            news.append(replace(reply, mention=(), call=False))
        elif reply.facts["phone"]:
            news.append(reply)
    return news
