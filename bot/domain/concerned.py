"""The organisations that an event concerns: who speaks for each, and its place at the table (S19).

Who has a seat of its own keeps it. Another comes by the function that said so, or else by its
contact point: to a forum with a place for those concerned with the mandate the law gives it, to the
event's first contact and conference otherwise co-opted, without a position. Of a forum that borrows
its seats only the concerned ones are called.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.domain.model import ConcernedActor
from bot.domain.region import Forum, FunctionKind, Mandate, Region, Seat
from bot.domain.seats import organisation_meant, seat_in, seats_in
from bot.domain.spelling import folded

_PARTED = re.compile(r"\s*(?:[,;]|\boch\b|\band\b)\s*")


def function_of(region: Region, actor: ConcernedActor) -> str:
    """Give the function that speaks for a concerned organisation: who is on duty for it."""
    own = region.functions.get(actor.said_as)
    if own and own.organisation == actor.organisation and own.kind is FunctionKind.DUTY:
        return own.code
    return region.organisations[actor.organisation].contact_point


def seat_for(region: Region, forum: Forum, function: str) -> Seat:
    """Give the seat of a function that comes because its organisation is concerned."""
    home = region.home_of(function)
    mandate = forum.concerned_mandate
    return Seat(
        function, (home.code,), mandate or Mandate(frozenset()), coopted=mandate is None,
        night_represented=bool(home.night_contact), concerned=True,
    )  # fmt: skip


def seat_asked(region: Region, forum: Forum, function: str) -> Seat | None:
    """Give the seat of a function that was asked something: the law's, or one of the concerned."""
    there = seat_in(region, forum, function)
    if there or forum.concerned_mandate is None or function not in region.functions:
        return there
    return seat_for(region, forum, function)


def called(region: Region, forum: Forum, actors: Sequence[ConcernedActor]) -> tuple[Seat, ...]:
    """List the seats of a forum that are called because of an event that concerns these."""
    known = [each for each in actors if each.organisation in region.organisations]
    seats = _narrowed(region, forum, {each.organisation for each in known})
    return (*seats, *joining(region, forum, known))


def joining(region: Region, forum: Forum, actors: Iterable[ConcernedActor]) -> Iterator[Seat]:
    """Go through the seats of those concerned that have none of their own in the forum.

    They come where the law has a place for them, and to the event's first contact and conference.
    """
    its = {region.cooperation.contact, region.cooperation.conference}
    if forum.concerned_mandate is None and forum.code not in its:
        return
    there = {region.home_of(seat.function).code for seat in forum.seats}
    for actor in actors:
        if actor.organisation not in there and actor.organisation in region.organisations:
            there.add(actor.organisation)
            yield seat_for(region, forum, function_of(region, actor))


def coopted(region: Region, forum: Forum, organisation: str) -> bool:
    """Tell whether an organisation comes to a forum only because an event concerns it.

    So it takes no positions there.
    """
    seats = seats_in(region, forum)
    own = any(region.home_of(seat.function).code == organisation for seat in seats)
    return forum.concerned_mandate is None and not own


def _narrowed(region: Region, forum: Forum, concerned: set[str]) -> tuple[Seat, ...]:
    """Leave out of borrowed seats those whom the event does not concern, but never who leads."""
    seats = seats_in(region, forum)
    if forum.seats_from is None or forum.seats_from.filter != "concerned" or not concerned:
        return seats
    return tuple(
        seat for seat in seats
        if seat.function in forum.lead or concerned & {*seat.represents}
        or region.home_of(seat.function).code in concerned
    )  # fmt: skip


@dataclass(frozen=True)
class Named:
    """Organisations by their codes, in the order they were named; words that name none."""

    organisations: tuple[str, ...]
    unknown: tuple[str, ...] = ()


def named(region: Region, text: str) -> Named:
    """Read which organisations are named: by code, name, its beginning, function or group.

    Parted by commas, by "och" or "and", or by nothing but spaces.
    """
    found: dict[str, None] = {}
    unknown: list[str] = []
    for part in filter(None, (it.strip(" .") for it in _PARTED.split(text))):
        whole = _meant(region, part)
        for word in [part] if whole else part.split():
            codes = whole or _meant(region, word)
            found |= dict.fromkeys(codes)
            unknown += [] if codes else [word]
    return Named(tuple(found), tuple(unknown))


def _meant(region: Region, word: str) -> tuple[str, ...]:
    wanted = folded(word)
    for name, members in region.groups.items():
        if folded(name) == wanted:
            return members
    code = organisation_meant(region, word)
    return (code,) if code else ()
