"""The same words to every organisation's contact point at once (R12, T5)."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.activation import Informed, facts, informed, not_informed, subject
from bot.domain.answer import Answer, Direct, Facts, Reply
from bot.domain.limits import due
from bot.domain.model import Incident
from bot.domain.region import Mode
from bot.procedures.roll import Asking, roster_now
from bot.store import deadlines, holdings, incident_record, log

INFORMED = "incident.informed"
"""The deadline at which it is looked at who has not got the first information (T5)."""


def first_object(incident: Incident) -> str:
    """Give the name of the first information, by which its letters are found; each time its own."""
    since = incident.activated_at
    return f"first_info:{incident.id}:{int(since.timestamp()) if since else 0}"


async def first(at: Asking, incident: Incident, told: Facts) -> list[Answer]:
    """Tell every organisation's contact point, and the lead who is not to be told that way."""
    everybody = informed(at.region, await roster_now(at))
    limit = at.region.limits[Mode.ACTIVATED]["first_info"]
    by = due(limit, at.now, at.region, next_meeting=None)
    await deadlines.set_(at.session, INFORMED, incident.id, by)
    await log.append(
        at.session, incident_record.FIRST_INFO, incident.id, happened_at=at.now, written_at=at.now,
        facts={"told": {each.organisation: each.mxid for each in everybody}},
    )  # fmt: skip
    said = to_each(everybody, "incident/first_info", told, incident, first_object(incident))
    return [*said, *await _to_lead(at, incident, everybody)]


def to_each(
    everybody: Iterable[Informed],
    name: str,
    told: Facts,
    incident: Incident,
    object_: str | None = None,
) -> list[Answer]:
    """Say it to each person once, whatever they are the contact point of."""
    people = dict.fromkeys(each.mxid for each in everybody if each.mxid)
    return [
        Reply(
            name, told, to=Direct(mxid), mention=(mxid,), call=True, subject=subject(incident),
            object=object_,
        )
        for mxid in people
    ]  # fmt: skip


async def leader_of(at: Asking, incident: Incident) -> str | None:
    """Find who leads now: the holder of the lead's function, else of one that may judge."""
    functions = tuple(filter(None, (incident.lead, *at.region.cooperation.judges)))
    return await holdings.leader(at.session, functions, at.now)


async def to_lead(at: Asking, incident: Incident, name: str, told: Facts) -> list[Answer]:
    """Say something to whoever leads; nothing, if nobody is there."""
    mxid = await leader_of(at, incident)
    if mxid is None:
        return []
    return [
        Reply(
            name, told, to=Direct(mxid), mention=(mxid,), call=True, subject=subject(incident),
        )
    ]  # fmt: skip


async def _to_lead(at: Asking, incident: Incident, everybody: list[Informed]) -> list[Answer]:
    told = {**facts(incident), "total": len(everybody), "without": not_informed(everybody)}
    return await to_lead(at, incident, "incident/informed", told)
