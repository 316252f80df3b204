"""The seats of a forum that take positions, and which of them a proposal concerns (R2, R3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.domain.exercises import plain
from bot.domain.region import Forum, Region, Seat
from bot.domain.spelling import folded


def seats_in(region: Region, forum: Forum) -> tuple[Seat, ...]:
    """List the forum's seats; those of the forum it borrows from, where it has none of its own."""
    if forum.seats or forum.seats_from is None:
        return forum.seats
    return region.forum(forum.seats_from.forum).seats


def seat_in(region: Region, forum: Forum, function: str) -> Seat | None:
    """Find the function's seat, or None."""
    return next((seat for seat in seats_in(region, forum) if seat.function == function), None)


def with_position(region: Region, forum: Forum) -> tuple[Seat, ...]:
    """List the seats that take positions: a co-opted one does not."""
    return tuple(seat for seat in seats_in(region, forum) if not seat.coopted)


def called(region: Region, forum: Forum, who: str) -> tuple[str, ...]:
    """List the functions of the seats that are meant by a word; none if no seat is.

    The word is a function's code, an organisation's code or name, the beginning of such a name
    if only one organisation has it, or a group. An organisation's own seats are meant before
    those that represent it.
    """
    seats, wanted = with_position(region, forum), folded(who)
    if exact := [seat.function for seat in seats if folded(seat.function) == wanted]:
        return tuple(exact)
    for group, members in region.groups.items():
        if folded(group) == wanted:
            return tuple(
                dict.fromkeys(f for code in members for f in _seats_of(region, seats, code))
            )
    code = _organisation(region, seats, wanted)
    return _seats_of(region, seats, code) if code else ()


def own_seats(region: Region, seats: Iterable[Seat], who: str) -> tuple[str, ...]:
    """List the functions of the seats that belong to an organisation, or the one function named.

    Whoever represents it answers for several, and so not with its voice: theirs are not its own.
    """
    there, wanted = tuple(seats), folded(who)
    exact = tuple(s.function for s in there if wanted in _spellings(region, s.function))
    code = organisation_meant(region, who)
    return exact or tuple(s.function for s in there if region.home_of(s.function).code == code)


def organisation_meant(region: Region, who: str) -> str | None:
    """Find the one organisation that a word means: by function, code, name or its beginning."""
    wanted = folded(who)
    for code, function in region.functions.items():
        if wanted in _spellings(region, code):
            return function.organisation
    names = {code: folded(home.name) for code, home in region.organisations.items()}
    for code, name in names.items():
        if wanted == name or wanted in _spellings(region, code):
            return code
    begun = [code for code, name in names.items() if wanted and name.startswith(wanted)]
    return begun[0] if len(begun) == 1 else None


def _spellings(region: Region, code: str) -> set[str]:
    """Give a code as it is written, and as people say it in an exercise."""
    return {folded(code), folded(plain(region, code))}


def _seats_of(region: Region, seats: Sequence[Seat], code: str) -> tuple[str, ...]:
    own = tuple(s.function for s in seats if region.home_of(s.function).code == code)
    own = own if any(code in s.represents for s in seats if s.function in own) else ()
    return own or tuple(s.function for s in seats if code in s.represents)


def _organisation(region: Region, seats: Iterable[Seat], wanted: str) -> str | None:
    here = {code for seat in seats for code in seat.represents}
    names = {code: folded(region.organisations[code].name) for code in sorted(here)}
    for code, name in names.items():
        if wanted in {folded(code), folded(plain(region, code)), name}:
            return code
    begun = [code for code, name in names.items() if name.startswith(wanted)]
    return begun[0] if len(begun) == 1 else None
