"""An incident in words and in the record: what asking, judging and time about it share (R9)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.asking.arguments import id_reader
from bot.asking.ask import Ask
from bot.asking.words import Words
from bot.domain.answer import Answer, Direct, Facts, InForum, Refusal, Reply, Typed
from bot.domain.model import Holding, Incident, IncidentState, IncidentTurn
from bot.domain.places import place_of
from bot.procedures.roll import Asking
from bot.store import incidents, log, meetings, rooms, summonses


def subject(incident: Incident) -> str:
    """Give what messages about it are about."""
    return f"incident:{incident.id}"


def facts(incident: Incident) -> dict[str, Any]:
    """Give what every message about it says."""
    return {
        "id": incident.id,
        "function": incident.asked_as,
        "text": Typed(incident.text),
        "asked": incident.asked_at,
        "exercise": incident.exercise,
    }


async def note(
    at: Asking, incident: Incident, what: str, held: Holding | None = None, **more: object
) -> None:
    """Write in the log what became of it; of what a person did, its proof."""
    proof = {"proof": at.origin} if isinstance(at, Ask) and held else {}
    await log.append(
        at.session, what, incident.id, happened_at=at.now, written_at=at.now,
        function=held.function if held else None, mxid=held.mxid if held else None,
        facts={**more, **proof},
    )  # fmt: skip


async def turn(
    at: Asking,
    incident: Incident,
    state: IncidentState,
    held: Holding | None = None,
    reason: str = "",
) -> None:
    """Let its state change, by somebody or by time."""
    change = IncidentTurn(
        incident=incident.id, state=state, at=at.now, reason=reason,
        mxid=held.mxid if held else None, function=held.function if held else None,
    )  # fmt: skip
    await incidents.turn(at.session, incident, change)


async def to_caller(at: Asking, incident: Incident, name: str, its: Facts) -> list[Answer]:
    """Tell who asked: where they did, and directly if they may not be there any more."""
    place, mxid = place_of(incident.asked_in), incident.asked_by
    said = Reply(name, its, to=place, mention=(mxid,), call=True, subject=subject(incident))
    own = Direct(mxid)
    if place == own or (isinstance(place, InForum) and await _is_in(at, incident)):
        return [said]
    return [said, replace(said, to=own)]


async def _is_in(at: Asking, incident: Incident) -> bool:
    room = await rooms.by_key(at.session, incident.asked_in)
    return room is not None and incident.asked_by in await rooms.joined(at.session, room.room_id)


_ID = id_reader("H", "incident")


def read_incident(words: Words, ask: Ask) -> str:
    """Read the id of an incident; nothing ("") where there is none, for `meant` to find it."""
    if not (words.peek() or "").casefold().startswith("h-"):
        return ""
    found: str = _ID.read(words, ask)
    return found


async def meant(ask: Ask, id_: str) -> Incident:
    """Find the incident they mean: named, answered to, or the only one that is not over."""
    about = id_ or await _about(ask)
    if about:
        found = await incidents.by_id(ask.session, about)
        if found is None:
            raise Refusal("unknown_incident", id=about, open=_listed(await _open(ask)))
        return found
    there = await _open(ask)
    if len(there) == 1:
        return there[0]
    if not there:
        raise Refusal("no_incident")
    raise Refusal("which_incident", open=_listed(there))


async def _open(ask: Ask) -> list[Incident]:
    there = await incidents.running(ask.session)
    return [it for it in there if it.exercise == ask.region.practised]


def _listed(there: list[Incident]) -> list[Facts]:
    return [facts(each) for each in there]


async def _about(ask: Ask) -> str | None:
    """Give the incident that the answered message is about, or whose meeting or summons it is."""
    made = await summonses.by_id(ask.session, ask.about_id("summons") or "")
    meeting = await meetings.by_id(ask.session, made.meeting if made else _meeting(ask))
    return ask.about_id("incident") or (meeting.incident if meeting else None)


def _meeting(ask: Ask) -> str:
    return ask.about_id("meeting") or ""
