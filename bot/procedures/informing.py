"""The same words to every organisation's contact point at once (R12, T5)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from bot.domain.activation import Informed, facts, informed, not_informed, subject
from bot.domain.answer import Answer, Direct, Facts, Reply
from bot.domain.limits import due
from bot.domain.model import Incident
from bot.domain.region import Mode
from bot.domain.silences import Silences
from bot.procedures.incident_ways import to_all
from bot.procedures.roll import Asking, roster_now
from bot.store import deadlines, holdings, incident_record, letters, log, rooms, servers
from bot.store.incident_record import INFORMED


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
    elsewhere = await to_all(at, incident, everybody, told)
    return [*said, *elsewhere, *await _to_lead(at, incident, everybody, by)]


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


async def to_know(
    at: Asking, incident: Incident, name: str, told: Facts, but: Collection[str] = ()
) -> list[Answer]:
    """Say it to those who are to know of every request and are nobody's contact point (R9).

    `but` are people (mxids) who hear it otherwise.
    """
    roster = await roster_now(at)
    heard = {*but, *(each.mxid for each in informed(at.region, roster))}
    found = [held for code in at.region.cooperation.informed for held in roster.get(code, ())[:1]]
    people = dict.fromkeys(held.mxid for held in found if held.mxid not in heard)
    return [
        Reply(name, told, to=Direct(mxid), mention=(mxid,), subject=subject(incident))
        for mxid in people
    ]


async def leader_of(at: Asking, incident: Incident) -> str | None:
    """Find who leads now: the holder of the lead's function, else of one that may judge."""
    functions = tuple(filter(None, (incident.lead, *at.region.cooperation.judges)))
    return await holdings.leader(at.session, functions, at.region.held_when(at.now))


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


async def _to_lead(
    at: Asking, incident: Incident, everybody: list[Informed], by: datetime
) -> list[Answer]:
    """Say to whom it goes out now, and who is to be phoned; nothing has come to anybody yet."""
    silences = Silences.of(await servers.silent(at.session))
    away = [(each.organisation, silences.now(each.mxid or "")) for each in everybody]
    told = {
        **facts(incident), "total": len(everybody), "without": not_informed(everybody), "by": by,
        "away": [{"organisation": code, "since": it.since} for code, it in away if it],
    }  # fmt: skip
    return await to_lead(at, incident, "incident/informed", told)


async def not_come(at: Asking, incident: Incident) -> list[dict[str, Any]]:
    """List whom the first information has not come to, each with why (T5).

    Their homeserver is silent; it could not be sent; or they never came into their direct room.
    """
    unsent = set(await letters.unsent_of_object(at.session, first_object(incident)))
    silences = Silences.of(await servers.silent(at.session))
    found: list[dict[str, Any]] = []
    for code, mxid in (await incident_record.told_first(at.session, incident.id)).items():
        if mxid is None:
            continue
        silence = silences.now(mxid)
        why = "away" if silence else "unsent" if f"direct:{mxid}" in unsent else None
        why = why or ("outside" if await rooms.stays_out(at.session, mxid) else None)
        if why:
            since = silence.since if silence else None
            found.append({"organisation": code, "why": why, "since": since})
    return found
