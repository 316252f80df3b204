"""What each organisation carries home from a meeting: to whom, by when, and what concerns it.

R2: one for each seat and each organisation it represents; R30: one for information to an
organisation that is touched and has no seat; R29: every one names who receives it at home.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.answer import Typed
from bot.domain.digests import Record, Told, limits_in, taken_on
from bot.domain.limits import due
from bot.domain.model import Action, Choice
from bot.domain.region import Region


@dataclass(frozen=True)
class Destination:
    """An organisation that gets a carry-back, by the seat through which it does.

    `fyi`: it had no say, and is told for information. `first`: of several of its organisation's
    the one that takes what belongs to none of the seats.
    """

    organisation: str
    seat: str
    fyi: bool
    first: bool


@dataclass(frozen=True)
class Times:
    """By when it is to be received by its carrier, carried home, and confirmed there."""

    receive_by: datetime
    carry_by: datetime
    confirm_by: datetime


def times(region: Region, mode: str, now: datetime, next_meeting: datetime | None) -> Times:
    """Set the limits of T13, T14 and T15; none comes before the one that precedes it."""
    limits = limits_in(region, mode)
    receive, carry, confirm = (
        due(limits[key], now, region, next_meeting=next_meeting)
        for key in ("carrier_ack", "carried_back", "confirmed")
    )
    carry = max(receive, carry)
    return Times(receive, carry, max(carry, confirm))


def destinations(region: Region, record: Record) -> list[Destination]:
    """List who gets a carry-back: those who sit, those they speak for, those who are touched."""
    found: dict[tuple[str, str], Destination] = {}
    organisations: set[str] = set()

    def add(organisation: str, seat: str, *, fyi: bool) -> None:
        known = organisation in organisations
        organisations.add(organisation)
        new = Destination(organisation, seat, fyi, first=not known)
        found.setdefault((organisation, seat), new)

    seats = list(_seats(region, record))
    for function, _, coopted in seats:
        add(region.home_of(function).code, function, fyi=coopted)
    for function, represents, coopted in seats:
        for organisation in represents:
            if organisation not in organisations:
                add(organisation, function, fyi=coopted)
    for organisation in _touched(region, record):
        if organisation not in organisations:
            add(organisation, region.organisations[organisation].contact_point, fyi=True)
    return list(found.values())


def _seats(region: Region, record: Record) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """Go through the seats of the law, and those that were called to this meeting besides.

    What the law no longer has is left out.
    """
    forum = region.forum(record.meeting.forum)
    for seat in forum.seats:
        yield seat.function, seat.represents, seat.coopted
    for call in record.calls:
        if forum.seat_of(call.function) is None and call.function in region.functions:
            known = tuple(code for code in call.represents if code in region.organisations)
            yield call.function, known, False


def _touched(region: Region, record: Record) -> Iterator[str]:
    """Go through the organisations of those who were asked, or have taken something on."""
    asked = [each.function for told in record.agreements for each in told.stands]
    for function in (*asked, *(action.function for action in record.actions)):
        if function in region.functions:
            yield region.home_of(function).code


def receiver_of(region: Region, organisation: str, forum: str) -> str:
    """Give the function at home that receives; its contact point where the law names none."""
    level = region.forum(forum).level
    contact_point = region.organisations[organisation].contact_point
    return region.receivers.get((organisation, level), contact_point)


def part(region: Region, record: Record, to: Destination) -> dict[str, Any]:
    """Gather one organisation's part of a meeting (b.6)."""
    meeting = record.meeting
    concerning = [told for told in record.agreements if _speaker(region, told, to)]
    return {
        "forum": meeting.forum,
        "meeting": meeting.id,
        "incident": meeting.incident,
        "held_at": meeting.starts_at,
        "info_class": region.forum(meeting.forum).info_class_max,
        "fyi": to.fyi,
        "actions": [taken_on(each) for each in _actions(region, record, to)],
        "agreements": list(_positions(region, concerning, to)),
        "unanswered": list(_unanswered(region, record.agreements, to)),
        "agreed": [_agreed(told) for told in record.agreements if not told.open],
        "next_meeting": record.next_meeting,
    }


def is_own(part_: dict[str, Any]) -> bool:
    """Tell whether there is something in the part for the organisation itself (A6)."""
    return bool(part_["actions"] or part_["agreements"] or part_["unanswered"])


def _speaker(region: Region, told: Told, to: Destination) -> str | None:
    """Find the function whose position on an agreement is this organisation's, if any was asked."""
    asked = [each.function for each in told.stands]
    if to.seat in asked:
        return to.seat
    home = (function for function in asked if _is_of(region, function, to.organisation))
    return next(home, None) if to.first else None


def _actions(region: Region, record: Record, to: Destination) -> Iterator[Action]:
    seats = {function for function, _, _ in _seats(region, record)}
    for action in record.actions:
        theirs = _is_of(region, action.function, to.organisation)
        if theirs and (action.function == to.seat or (to.first and action.function not in seats)):
            yield action


def _positions(
    region: Region, concerning: Iterable[Told], to: Destination
) -> Iterator[dict[str, Any]]:
    """Go through the organisation's positions; what does not concern it is left out."""
    for told in concerning:
        agreement = told.agreement
        given = told.of(_speaker(region, told, to))
        if given is None or given.choice is Choice.NOT_CONCERNED:
            continue
        yield {
            "id": agreement.id,
            "text": Typed(agreement.text),
            "state": str(agreement.state),
            "valid_until": agreement.valid_until,
            "review_at": agreement.review_at,
            "closes_at": agreement.closes_at,
            "choice": str(given.choice) if given.choice else None,
            "reservation": Typed(given.text),
            "anchored_until": given.until,
        }


def _unanswered(
    region: Region, agreements: Iterable[Told], to: Destination
) -> Iterator[dict[str, Any]]:
    """Go through the others' reservations on what the organisation proposed or is asked about."""
    for told in agreements:
        if not _is_party(region, told, to):
            continue
        for given in told.chose(Choice.RESERVATION):
            if not _is_of(region, given.function, to.organisation) and given.function != to.seat:
                yield {
                    "agreement": told.agreement.id,
                    "function": given.function,
                    "text": Typed(given.text),
                }


def _is_party(region: Region, told: Told, to: Destination) -> bool:
    if to.first and _is_of(region, told.agreement.proposed_as, to.organisation):
        return True
    given = told.of(_speaker(region, told, to))
    return given is not None and given.choice is not Choice.NOT_CONCERNED


def _is_of(region: Region, function: str, organisation: str) -> bool:
    return function in region.functions and region.home_of(function).code == organisation


def _agreed(told: Told) -> dict[str, Any]:
    agreement = told.agreement
    return {
        "id": agreement.id,
        "text": Typed(agreement.text),
        "state": str(agreement.state),
        "valid_until": agreement.valid_until,
    }
