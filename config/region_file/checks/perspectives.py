"""What must hold for perspectives: types that exist, and a seat that can bring each of them."""

from __future__ import annotations

from config.problem import one_of
from config.region_file.forum_shape import ForumShape
from config.region_file.reading import Reading


def check(reading: Reading) -> None:
    """Look at each perspective, and at each forum that wants some."""
    types = reading.written("function_templates")
    for code, perspective in reading.shape.perspectives.items():
        for at, kind in enumerate(perspective.types):
            path = ("perspectives", code, "types", at)
            reading.known(path, "organisation type", kind, types)
    for forum in reading.shape.forums:
        _check_forum(reading, forum)


def _check_forum(reading: Reading, forum: ForumShape) -> None:
    """See that a seat can bring each; whoever is co-opted may bring anything."""
    known = reading.written("perspectives")
    there = _types(reading, forum)
    for at, code in enumerate(forum.perspectives):
        path = forum.place("perspectives", at)
        if not reading.known(path, "perspective", code, known) or there is None:
            continue
        wanted = reading.shape.perspectives.get(code)
        if wanted is not None and there.isdisjoint(wanted.types):
            expected = f"a seat for one of {one_of(wanted.types)}"
            reading.say(path, f'no seat of {forum.code} can bring "{code}"', expected)


def _types(reading: Reading, forum: ForumShape) -> set[str] | None:
    """Give the types of organisation at the table; None where an event decides who sits there."""
    if any(seat.role for seat in forum.seats):
        return None
    organisations = reading.organisations
    return {
        organisations[code].type
        for place in reading.places(forum)
        for code in (place.organisation, *place.represents)
    }
