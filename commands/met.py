"""Say whether what ends activated mode has come about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from bot.asking import Ask, command
from bot.asking.arguments import Part, Reader
from bot.asking.words import Words
from bot.domain.activation import facts
from bot.domain.answer import Answer, Refusal, Typed
from bot.domain.region import Region
from bot.domain.voting import EMPTY, SPOILED
from bot.procedures.conferring import conference_of
from bot.procedures.end_condition import CHOICES, KIND, answered
from bot.procedures.incidents import meant, read_incident
from bot.store import incidents

YES = frozenset({"", "ja", "yes", "met", "uppfyllt"})
NO = frozenset({"nej", "no", "not_met", "inte", "not", "ej"})
NOTHING = frozenset({EMPTY, SPOILED})


@dataclass(frozen=True)
class Said:
    """An incident's id or "", and whether it has come about; None if that was taken back."""

    incident: str
    met: bool | None


def _read(words: Words, ask: Ask) -> Said:
    incident = read_incident(words, ask) or ask.about_id(KIND) or ""
    word = words.rest().strip(" .!").casefold()
    if word in NOTHING:
        return Said(incident, None)
    first = word.partition(" ")[0]
    if first not in YES | NO:
        raise Refusal("yes_or_no", id=incident, word=Typed(word))
    return Said(incident, first in YES)


def _among(region: Region) -> list[str]:
    return ["ja", "nej"] if region.language == "sv" else ["yes", "no"]


def _may(ask: Ask) -> bool:
    forum = conference_of(ask.region)
    needs = {*ask.region.cooperation.judges, *(forum.lead if forum else ())}
    return bool(needs & set(ask.functions))


FIELDS = (Part("incident", optional=True), Part("answer", _among, optional=True))


@command("met", sv="uppfyllt", allowed=_may, votes={KIND: CHOICES}, counts="answer")
async def met(ask: Ask, said: Annotated[Said, Reader(_read, parts=FIELDS)]) -> list[Answer]:
    """Answer whether an incident's end condition is met; it ends nothing by itself."""
    if said.met is None:
        return []
    incident = await meant(ask, said.incident)
    if incident.state not in incidents.ACTIVE:
        raise Refusal("not_activated", **facts(incident))
    return await answered(ask, incident, met=said.met)
