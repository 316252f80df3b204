"""Activated mode: what it needs before it begins, and what everybody is told first (R18, T5)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.domain import mandates
from bot.domain.answer import Typed
from bot.domain.model import Holding, Incident
from bot.domain.region import Forum, Organisation, Region
from bot.domain.seats import with_position

_PARTS = {
    "confirmed": ("bekräftat", "confirmed"),
    "unconfirmed": ("obekräftat", "unconfirmed"),
    "unknown": ("vet inte", "vet ej", "not known", "unknown"),
}
_LABEL = re.compile(
    r"(?<!\w)(" + "|".join(each for names in _PARTS.values() for each in names) + r")\s*:\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Informed:
    """Who gets the first information for an organisation: nobody, where nobody has its function.

    `function` is what they have it as: the contact point, or the night contact in its place.
    """

    organisation: str
    contact_point: str
    function: str | None
    mxid: str | None


def missing(times: object, end_condition: str | None) -> tuple[str, ...]:
    """List what activated mode still lacks: it does not begin without times and an end (R18)."""
    wanted = {"rhythm": times, "end": (end_condition or "").strip()}
    return tuple(key for key, given in wanted.items() if not given)


def usual_lead(region: Region) -> str | None:
    """Give who leads unless somebody else is named: the area's authority, by its contact point."""
    area = (each.contact_point for each in region.organisations.values() if each.area_responsible)
    return next(area, next(iter(region.cooperation.judges), None))


def parts(info: str) -> dict[str, Typed]:
    """Take "Bekräftat: … Obekräftat: … Vet inte: …" apart; nothing if it is not written so."""
    pieces = _LABEL.split(info)
    if len(pieces) < 3 or pieces[0].strip():  # noqa: PLR2004 - a label and its words
        return {}
    kinds = {name: kind for kind, names in _PARTS.items() for name in names}
    said: dict[str, list[str]] = {}
    for label, words in zip(pieces[1::2], pieces[2::2], strict=True):
        said.setdefault(kinds[label.casefold()], []).append(words.strip())
    return {kind: Typed(" ".join(words)) for kind, words in said.items() if any(words)}


def informed(region: Region, roster: Mapping[str, Sequence[Holding]]) -> list[Informed]:
    """Choose who is told for every organisation, in the order of the law: its contact point.

    Where nobody has that function, the one that answers for it at night. Organisations that are
    only ever co-opted are none of them.
    """
    every = (each for each in region.organisations.values() if not each.coopted_only)
    return [_informed(each, roster) for each in every]


def _informed(one: Organisation, roster: Mapping[str, Sequence[Holding]]) -> Informed:
    for function in filter(None, (one.contact_point, one.night_contact)):
        first = next(iter(roster.get(function, ())), None)
        if first is not None:
            return Informed(one.code, one.contact_point, function, first.mxid)
    return Informed(one.code, one.contact_point, None, None)


def not_informed(people: Iterable[Informed]) -> list[dict[str, Any]]:
    """Name the organisations whose contact point nobody is, and who was told in its place."""
    return [
        {"organisation": each.organisation, "instead": each.function}
        for each in people
        if each.function != each.contact_point
    ]


def mandate_gaps(region: Region, forum: Forum, on: date) -> list[dict[str, Any]]:
    """Name the seats that may not agree to what the forum is expected to agree on (b.7, B5).

    By the mandate that is lacking, with the kinds of agreement that need it; each seat with the
    function at home that has that mandate somewhere in the law, None where none has.
    """
    lacking: dict[str, dict[str, Any]] = {}
    for kind in forum.may_agree:
        needs = mandates.needed(region, forum, kind)
        without = [
            seat.function
            for seat in with_position(region, forum)
            if not mandates.may_agree(region, forum, seat.mandate, kind, on)
        ]
        if needs and without:
            gap = lacking.setdefault(needs, {"mandate": needs, "kinds": [], "seats": without})
            gap["kinds"].append(kind)
    for gap in lacking.values():
        gap["seats"] = [
            {"function": code, "backer": who_may(region, forum, code, gap["mandate"], on)}
            for code in gap["seats"]
        ]
    return list(lacking.values())


def who_may(region: Region, forum: Forum, function: str, needs: str, on: date) -> str | None:
    """Find the function of the same organisation that has a mandate, on the nearest level."""
    home, level = region.home_of(function).code, region.levels[forum.level].rank
    found = [
        (abs(region.levels[other.level].rank - level), seat.function)
        for other in region.forums.values()
        for seat in other.seats
        if region.home_of(seat.function).code == home
        and needs in mandates.in_force(region, seat.mandate, on)
    ]
    return min(found, key=lambda each: each[0], default=(0, None))[1]


def facts(incident: Incident) -> dict[str, Any]:
    """Give what is said of an incident, to each of its templates."""
    return {
        "id": incident.id,
        "text": Typed(incident.text),
        "state": str(incident.state),
        "exercise": incident.exercise,
        "asked_as": incident.asked_as,
        "asked_at": incident.asked_at,
        "lead": incident.lead,
        "reason": Typed(incident.reason),
        "end_condition": Typed(incident.end_condition),
        "activated_at": incident.activated_at,
        "activated_as": incident.activated_as,
        "until": incident.steps_down_at,
        "ended_at": incident.ended_at,
    }


def subject(incident: Incident) -> str:
    """Give what messages about it are about."""
    return f"incident:{incident.id}"
