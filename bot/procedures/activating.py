"""Activated mode begins: what it needs, what is kept, who is told, and the first call (R18)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.asking.arguments import read_function
from bot.asking.ask import Ask
from bot.asking.words import Words
from bot.domain.activation import facts, missing, parts, subject, usual_lead
from bot.domain.answer import Answer, InForum, Place, Refusal, Reply, Typed
from bot.domain.authority import acting_as
from bot.domain.model import Holding, Incident, IncidentState, IncidentTurn
from bot.domain.region import Forum
from bot.domain.rhythm import NoTime, Rhythm, first_late, read, suggested, write
from bot.procedures.conferring import call_first, conference_of
from bot.procedures.incidents import to_caller
from bot.procedures.informing import first, to_know
from bot.procedures.stepping_down import STEPS_DOWN
from bot.procedures.summoning import REGISTER
from bot.store import deadlines, incidents, log


@dataclass(frozen=True)
class Given:
    """What was said of activated mode, as it was typed; None where nothing was."""

    rhythm: str | None = None
    end: str | None = None
    lead: str | None = None
    reason: str | None = None
    info: str | None = None


KEYS = {
    "rhythm": ("rytm", "rhythm", "tider", "times"),
    "end": ("slutvillkor", "end", "until_that"),
    "lead": ("leder", "lead"),
    "reason": ("skäl", "reason", "why", "varför"),
    "info": ("info", "information", "läge"),
}
"""What each part is called, in both languages."""


def read_given(line: str) -> Given:
    """Take the words after "activate" apart; each part goes on until the next."""
    names = {name: key for key, names in KEYS.items() for name in names}
    said = Words.of(line, names, KEYS).named
    return Given(**{key: value.strip(" ,;") or None for key, value in said.items()})


async def activate(ask: Ask, incident: Incident, words: str) -> list[Answer]:
    """Begin activated mode for an incident; Refusal that asks for all that is missing at once."""
    given = read_given(words)
    forum = conference_of(ask.region)
    if forum is None:
        raise Refusal("no_conference", id=incident.id)
    rhythm = read_rhythm(ask, incident, given.rhythm)
    lacking = missing(rhythm, given.end)
    if rhythm is None or lacking:
        raise Refusal("activation_lacks", lacking=lacking, **_again(ask, incident, given))
    given = replace(given, lead=_lead(ask, given.lead))
    held = _acting(ask, incident, forum)
    await _keep(ask, incident, given, held)
    await incidents.set_rhythm(ask.session, incident.id, rhythm.times)
    await _note(ask, incident, rhythm.times, held)
    begun = await _begun(ask, incident, forum, rhythm)
    told = {**_first_info(ask, incident, given, rhythm.first), "forum": forum.code}
    return [
        *begun,
        *await first(ask, incident, told),
        *await call_first(ask, incident, held),
    ]


def read_rhythm(ask: Ask, incident: Incident, said: str | None) -> Rhythm | None:
    """Read the times that were said; None where none were, Refusal of what is no time."""
    if not (said or "").strip():
        return None
    try:
        return read(said or "", ask.region, ask.now)
    except NoTime as slip:
        times = write(suggested(ask.region, ask.now), ask.region)
        raise Refusal(
            "unreadable_rhythm", id=incident.id, word=Typed(slip.word), suggested=times
        ) from None


def _again(ask: Ask, incident: Incident, given: Given) -> dict[str, Any]:
    """Give what the line to copy is made of: what was said, and times for what was not."""
    times = given.rhythm or write(suggested(ask.region, ask.now), ask.region)
    return {
        "id": incident.id, "times": Typed(times), "end": Typed(given.end or ""),
        "lead": given.lead, "reason": Typed(given.reason or ""), "info": Typed(given.info or ""),
    }  # fmt: skip


def _lead(ask: Ask, said: str | None) -> str | None:
    """Read who leads, if it was said; Refusal of a function that there is not."""
    return read_function(Words.of(said, {}), ask) if said else None


def _acting(ask: Ask, incident: Incident, forum: Forum) -> Holding | None:
    """Give as what they activate: as one who judges, who leads the conference, or as they can."""
    judges = (incident.judge or "", *ask.region.cooperation.judges, *forum.lead)
    return acting_as(ask, judges) or next(iter(ask.holdings), None)


async def _keep(ask: Ask, incident: Incident, given: Given, held: Holding | None) -> None:
    incident.lead = given.lead or usual_lead(ask.region)
    incident.reason = str(given.reason or incident.text)
    incident.end_condition = str(given.end)
    incident.activated_at, incident.activated_as = ask.now, held.function if held else None
    incident.judge = incident.judge_until = incident.look_again_at = None
    incident.judged_at, incident.steps_down_at = ask.now, None
    await deadlines.drop(ask.session, STEPS_DOWN, incident.id)
    change = IncidentTurn(
        incident=incident.id, state=IncidentState.ACTIVATED, at=ask.now, mxid=ask.mxid,
        function=incident.activated_as, reason=incident.reason,
    )  # fmt: skip
    await incidents.turn(ask.session, incident, change)
    await wake(ask)


async def wake(ask: Ask) -> None:
    """Have the registers of what exists in activated mode written anew."""
    for forum in ask.region.forums.values():
        if forum.activated_only:
            await deadlines.set_(ask.session, REGISTER, forum.code, ask.now)


async def _note(
    ask: Ask, incident: Incident, times: Sequence[datetime], held: Holding | None
) -> None:
    await log.append(
        ask.session, "incident.activated", incident.id, happened_at=ask.now, written_at=ask.now,
        function=held.function if held else None, mxid=ask.mxid,
        facts={
            "lead": incident.lead, "reason": incident.reason,
            "end_condition": incident.end_condition,
            "rhythm": [at.isoformat() for at in times], "proof": ask.origin,
        },
    )  # fmt: skip


async def _begun(ask: Ask, incident: Incident, forum: Forum, rhythm: Rhythm) -> list[Answer]:
    """Say it where it was decided, to who asked, to who is to know, where it is handled (R9)."""
    told = {
        **facts(incident), "forum": forum.code, "times": list(rhythm.times),
        "guessed": rhythm.guessed, "first_in": first_late(rhythm.times, ask.region, ask.now),
    }  # fmt: skip
    caller = await to_caller(ask, incident, "incident/activated", told)
    theirs = {said.to for said in caller if isinstance(said, Reply)}
    places: dict[Place, None] = {ask.place: None, InForum(forum.code): None}
    rooms = [
        Reply("incident/activated", told, to=place, subject=subject(incident))
        for place in places
        if place not in theirs
    ]
    heard = {ask.mxid, incident.asked_by}
    return [*rooms, *caller, *await to_know(ask, incident, "incident/activated", told, but=heard)]


def _first_info(ask: Ask, incident: Incident, given: Given, starts: datetime) -> dict[str, Any]:
    """Give what every organisation is told: what was given, or else the request's own words."""
    apart = parts(given.info or "")
    told = {key: apart.get(key) for key in ("confirmed", "unconfirmed", "unknown")}
    info = Typed(given.info) if given.info and not apart else None
    return {**facts(incident), **told, "info": info, "starts": starts, "at": ask.now}
