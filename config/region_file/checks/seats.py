"""What must hold for seats: their functions, their mandates, and a receiver at home (R29)."""

from __future__ import annotations

from collections.abc import Iterable

from config.problem import nearest, one_of
from config.region_file.forum_shape import ForumShape, SeatShape
from config.region_file.reading import Place, Reading


def check(reading: Reading) -> None:
    """Look at every seat of every forum."""
    for forum in reading.shape.forums:
        _check_seats_from(reading, forum)
        for seat in forum.seats:
            _check_form(reading, seat)
            _check_names(reading, seat)
        _check_twice(reading, forum)
        _check_places(reading, forum)


def _check_seats_from(reading: Reading, forum: ForumShape) -> None:
    source = forum.seats_from
    if source is None:
        if not forum.seats:
            reading.say(forum.place("seats"), "the forum has no seats", "`seats` or `seats_from`")
        return
    path = source.place("forum")
    reading.known(path, "forum", source.forum, reading.written("forums"))
    lender = reading.forums.get(source.forum)
    if lender is not None and lender.seats_from is not None:
        reading.say(path, f"{source.forum} borrows its seats itself", "a forum with `seats`")


def _check_form(reading: Reading, seat: SeatShape) -> None:
    if (seat.function is None) == (seat.role is None):
        expected = "a `function`, `each` with a `function`, or a `role`"
        reading.say(seat.place(), "the seat names no function and no role, or both", expected)
    if seat.except_mandate and seat.each is None:
        reading.say(seat.place("except_mandate"), "an exception needs `each` to be one from")
    limits = list(seat.__pydantic_extra__ or {})
    if len(limits) > 1:
        reading.say(seat.place(limits[1]), "the mandate has two limits", "one currency")


def _check_names(reading: Reading, seat: SeatShape) -> None:
    kinds = reading.written("mandate_kinds")
    exceptions = [(("except_mandate", org), k) for org, k in seat.except_mandate.items()]
    for part, named in [(("mandate",), seat.mandate), *exceptions]:
        for index, kind in enumerate(named):
            reading.known(seat.place(*part, index), "mandate kind", kind, kinds)
    for key in ("each", "represents"):
        _check_group(reading, seat, key)
    members = reading.members(seat.each) if seat.each else ()
    for organisation in seat.except_mandate if seat.each else ():
        path = seat.place("except_mandate", organisation)
        reading.known(path, "organisation", organisation, members)
    if seat.each is None:
        reading.knows_function(seat.place("function"), seat.function)
    elif seat.function is not None:
        _check_each(reading, seat, seat.function, members)


def _check_group(reading: Reading, seat: SeatShape, key: str) -> None:
    named = getattr(seat, key)
    valid = reading.written("groups") + reading.written("organisations")
    if isinstance(named, str):
        reading.known(seat.place(key), "group or organisation", named, valid)
    for index, name in enumerate(named if isinstance(named, list) else ()):
        reading.known(seat.place(key, index), "group or organisation", name, valid)


def _check_each(reading: Reading, seat: SeatShape, name: str, members: Iterable[str]) -> None:
    templates = reading.shape.function_templates
    types = {code: reading.organisations[code].type for code in members}
    without = [c for c, t in types.items() if t in templates and name not in templates[t]]
    if without:
        valid = list(dict.fromkeys(f for c in without for f in templates[types[c]]))
        message = f'"{name}" is no function of {", ".join(without)}'
        reading.say(seat.place("function"), message, one_of(valid), nearest(name, valid))


def _check_twice(reading: Reading, forum: ForumShape) -> None:
    seen: set[str] = set()
    for place in reading.own_places(forum):
        if place.function in seen:
            message = f"{place.function} has a seat here already"
            reading.say(place.seat.place("function"), message, "one seat for each function")
        seen.add(place.function)


def _check_places(reading: Reading, forum: ForumShape) -> None:
    if forum.level not in reading.shape.levels:
        return
    for place in reading.own_places(forum):
        _check_place(reading, place)
        _check_receivers(reading, forum, place.seat, place.represents)
    for place in reading.places(forum):
        _check_receivers(reading, forum, place.seat, place.represents)
    for seat in forum.seats:
        if seat.role is not None:
            _check_receivers(reading, forum, seat, reading.organisations)


def _check_place(reading: Reading, place: Place) -> None:
    home, seat = reading.organisations[place.organisation], place.seat
    if home.coopted_only and not seat.coopted:
        message = f"{home.code} may only be co-opted"
        reading.say(seat.place(), message, "`coopted: true`")
    if seat.night_represented and home.night_contact is None:
        message = f"{home.code} is represented at night by nobody"
        reading.say(seat.place("night_represented"), message, "a `night_contact` for it")


def _check_receivers(
    reading: Reading, forum: ForumShape, seat: SeatShape, represented: Iterable[str]
) -> None:
    """See that each organisation a seat represents has a receiver at home (R29)."""
    templates = reading.shape.function_templates
    without: dict[str, list[str]] = {}
    for code in represented:
        kind = reading.organisations[code].type
        if kind in templates and reading.receiver(code, forum.level) is None:
            without.setdefault(kind, []).append(code)
    for kind, codes in without.items():
        message = f"no receiver at home for {', '.join(codes)} on the level {forum.level} (R29)"
        reading.say(seat.place(), message, f"receivers.default_by_type.{kind}.{forum.level}")
