"""Judge a request for cooperation: no need, follow, first contact, activated mode (R8, R9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from bot.asking import Ask, Rest, command
from bot.asking.arguments import Part, Reader, id_reader
from bot.asking.words import Words, unquoted
from bot.domain.answer import Answer, Direct, Refusal, Reply, Typed
from bot.domain.concerned import Named, named
from bot.domain.judging import judged_by
from bot.domain.model import Incident, IncidentState
from bot.domain.region import Region
from bot.domain.spelling import folded
from bot.procedures import calling_off
from bot.procedures.activating import KEYS, activate
from bot.procedures.assessing import Verdict, judge_of, settle, so_far
from bot.procedures.contacting import running
from bot.procedures.first_contact import first_contact, moment_first
from bot.procedures.incidents import meant
from bot.procedures.judging import OUTCOMES

WORDS = {
    "en": OUTCOMES,
    "sv": ("inget", "följ", "kontakt", "aktivera"),
}
"""What each outcome is called, by language, in the order of their digits."""

DIGITS = tuple(str(number) for number, _ in enumerate(OUTCOMES, start=1))
STATES = {
    "none": IncidentState.NO_NEED,
    "follow": IncidentState.FOLLOWED,
    "contact": IncidentState.CONTACT,
    "activate": IncidentState.ACTIVATED,
}
UNDER_WAY = (IncidentState.ACTIVATED, IncidentState.STEPPING_DOWN, IncidentState.ENDED)
"""In these states it is not judged any more: it is led, or over.

What steps down can be activated anew.
"""

_ID = id_reader("H", "incident")


@dataclass(frozen=True)
class Judged:
    """What was typed: an incident's id or "", an outcome or None, and the words after it."""

    incident: str
    outcome: str | None
    words: str


def _outcome(word: str) -> str | None:
    for names in (*WORDS.values(), DIGITS):
        for outcome, name in zip(OUTCOMES, names, strict=True):
            if folded(word.rstrip(".,:")) == folded(name):
                return outcome
    return None


def _read(words: Words, ask: Ask) -> Judged:
    id_ = ""
    if (words.peek() or "").casefold().startswith("h-"):
        id_ = _ID.read(words, ask)
    outcome = _outcome(words.peek() or "")
    if outcome:
        words.take()
    return Judged(id_, outcome, words.rest())


def _among(region: Region) -> Sequence[str]:
    return WORDS[region.language]


FIELDS = (
    Part("incident", optional=True),
    Part("outcome", _among),
    Part("more", optional=True, rest=True),
)


def _may(ask: Ask) -> bool:
    return bool(set(ask.functions) & set(ask.region.cooperation.judges))


@command(
    "assess", "judge", "activate", sv=("bedöm", "aktivera"), allowed=_may,
    votes={"incident": OUTCOMES}, taps=dict.fromkeys(DIGITS, ("incident",)),
    keys={"to": ("till",)}, counts="act",
)  # fmt: skip
async def assess(
    ask: Ask,
    judged: Annotated[Judged, Reader(_read, parts=FIELDS)],
    *,
    to: Rest | None = None,
) -> list[Answer]:
    """Judge a request; whoever asked is told the outcome, always (R9)."""
    incident = await meant(ask, judged.incident)
    held = await judge_of(ask, incident)
    if judged.outcome is None:
        raise Refusal("unknown_outcome", id=incident.id, before=await so_far(ask, incident))
    await _open_to(ask, incident, judged, to)
    if judged.outcome == "activate":
        return await _activate(ask, incident, judged.words, to)
    also = named(ask.region, to) if to else Named(())
    if judged.outcome == "contact":
        return await first_contact(ask, incident, held, judged.words, also)
    verdict = _verdict(ask, judged, also)
    off = await calling_off.about(ask, incident.id, "judged")
    return [*await settle(ask, incident, held, verdict), *off]


async def _activate(ask: Ask, incident: Incident, words: str, to: str | None) -> list[Answer]:
    """Begin activated mode: every contact point is told of it, those named with `to` as well.

    What stands after them on the line belongs to what begins.
    """
    begun = await activate(ask, incident, " ".join(filter(None, (to, words))))
    if not to:
        return begun
    also = named(ask.region, _before_parts(to))
    homes = ask.region.organisations
    its = {
        "id": incident.id, "unknown": [Typed(word) for word in also.unknown],
        "without": [code for code in also.organisations if homes[code].coopted_only],
    }  # fmt: skip
    return [*begun, Reply("incident/told_anyway", its, to=Direct(ask.mxid))]


def _before_parts(line: str) -> str:
    """Give the words of a line before the first part of activated mode that it names."""
    names = {name: key for key, names in KEYS.items() for name in names}
    return " ".join(Words.of(line, names, KEYS).left())


async def _open_to(ask: Ask, incident: Incident, judged: Judged, to: str | None) -> None:
    """Refuse a judgement of what is led already, and by a mere tap one that changes another."""
    before = await so_far(ask, incident)
    state = STATES[judged.outcome or ""]
    again = incident.state == IncidentState.STEPPING_DOWN and judged.outcome == "activate"
    if incident.state in UNDER_WAY and not again:
        raise Refusal("not_judged_now", id=incident.id, state=str(incident.state))
    same = incident.state == state and state is not IncidentState.FOLLOWED and not to
    if same and state is IncidentState.CONTACT:  # more are concerned, or the group met long ago
        same = not judged.words and bool(await running(ask, incident))
    if before and (ask.tapped or same):
        raise Refusal("already_judged", id=incident.id, before=before)


def _verdict(ask: Ask, judged: Judged, also: Named) -> Verdict:
    state, line = STATES[judged.outcome or ""], judged.words
    again_at, reason = None, unquoted(line.strip())
    if judged.outcome == "follow":
        again_at, left = moment_first(ask, line)
        again_at = again_at or judged_by(ask.region, ask.now)
        reason = " ".join(map(unquoted, left))
    return Verdict(state, reason, again_at, also=also.organisations, unknown=also.unknown)
