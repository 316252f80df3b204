"""What must hold for a forum: what it refers to, who leads it, where it reports."""

from __future__ import annotations

from datetime import date

from config.region_file.forum_shape import ForumShape
from config.region_file.reading import Place, Reading


def check(reading: Reading) -> None:
    """Look at each forum, and at the way up from it."""
    for forum in reading.shape.forums:
        _check_names(reading, forum)
        _check_neighbours(reading, forum)
        _check_conveners(reading, forum)
        _check_lead(reading, forum)
        _check_kind(reading, forum)
    _check_circles(reading)


def _check_names(reading: Reading, forum: ForumShape) -> None:
    place, written = forum.place, reading.written
    reading.known(place("level"), "level", forum.level, written("levels"))
    classes = written("info_classes")
    reading.known(place("info_class_max"), "info class", forum.info_class_max, classes)
    if not forum.names():
        reading.say(place(), "the forum has no name", 'a name by language, "sv: …" or "en: …"')
    if reading.shape.agreement_kinds is not None:
        for index, kind in enumerate(forum.may_agree):
            path = place("may_agree", index)
            reading.known(path, "agreement kind", kind, written("agreement_kinds"))


def _check_neighbours(reading: Reading, forum: ForumShape) -> None:
    place, forums = forum.place, reading.written("forums")
    others = [code for code in forums if code != forum.code]
    reading.known(place("escalates_to"), "forum", forum.escalates_to, forums)
    reading.known(place("hands_down_to"), "forum", forum.hands_down_to, others)
    for index, code in enumerate(forum.receives_digest_of):
        reading.known(place("receives_digest_of", index), "forum", code, others)
    if forum.temporary is not None:
        there = forum.temporary
        reading.known(there.place("ordered_by"), "forum", there.ordered_by, others)
        reading.known(there.place("result_to"), "forum", there.result_to, others)
        if date.fromisoformat(there.ends) < reading.today:
            expected = f"a day from {reading.today} on"
            reading.say(there.place("ends"), f"the end date {there.ends} is past", expected)


def _check_conveners(reading: Reading, forum: ForumShape) -> None:
    for key in ("may_convene", "may_request"):
        named = getattr(forum, key)
        if isinstance(named, list):
            for index, function in enumerate(named):
                reading.knows_function(forum.place(key, index), function)
    if not forum.may_convene:
        expected = '"all", "all_duty_functions" or a list of functions'
        reading.say(forum.place("may_convene"), "nobody may convene the forum", expected)


def _check_lead(reading: Reading, forum: ForumShape) -> None:
    """See that those who lead have a seat, or a right to be there.

    The chair and the vice chair hold a seat, or belong to the area-responsible organisation or
    to one that it hosts. The secretary may also come from any organisation with a seat.
    """
    seated = reading.places(forum)
    if reading.broken(forum.place("seats")):
        return
    for key in ("chair", "vice_chair", "secretary"):
        function = getattr(forum, key)
        if not reading.knows_function(forum.place(key), function) or function is None:
            continue
        home = function.partition(".")[0]
        at_the_table = {place.function for place in seated}
        if key == "secretary":
            at_the_table |= {f for f in reading.functions if _home(f) in _homes(seated)}
        if function not in at_the_table and not _is_at_home(reading, home):
            message = f"{function} leads a forum without a seat or a right to be there"
            reading.say(forum.place(key), message, _who_may(key))


def _home(function: str) -> str:
    return function.partition(".")[0]


def _homes(seated: list[Place]) -> set[str]:
    return {place.organisation for place in seated}


def _who_may(key: str) -> str:
    also = ", or one of an organisation with a seat" if key == "secretary" else ""
    return (
        "a function with a seat here, or one of the area-responsible organisation "
        f"or of one it hosts{also}"
    )


def _is_at_home(reading: Reading, code: str) -> bool:
    """Tell whether an organisation is area-responsible, or hosted by one that is."""
    home = reading.organisations[code]
    host = reading.organisations.get(home.hosted_by or "")
    return home.area_responsible or (host is not None and host.area_responsible)


def _check_kind(reading: Reading, forum: ForumShape) -> None:
    if forum.support_only and forum.may_agree:
        message = "a support forum proposes; it makes no agreements (R7)"
        reading.say(forum.place("may_agree"), message, "no `may_agree`, or no `support_only`")
    if forum.activated_only and forum.cadence is not None and forum.cadence.ordinary:
        message = "an activated-only forum has an ordinary cadence"
        expected = "no `ordinary` here, or no `activated_only`"
        reading.say(forum.cadence.place("ordinary"), message, expected)


def _check_circles(reading: Reading) -> None:
    """Follow `escalates_to` upwards from each forum; who comes back to itself goes in a circle."""
    told: set[str] = set()
    for code in reading.forums:
        way = _way_up(reading, code)
        if code not in told and len(way) > 1 and way[-1] == code:
            told.update(way)
            message = f"escalates_to goes in a circle: {' → '.join(way)}"
            path = reading.forums[code].place("escalates_to")
            reading.say(path, message, "a way that ends at a forum with `escalates_to: null`")


def _way_up(reading: Reading, code: str) -> list[str]:
    """List the forums on the way up, ending at the top or at the first that comes again."""
    way = [code]
    while (above := reading.forums[way[-1]].escalates_to) in reading.forums:
        way.append(above)
        if above in way[:-1]:
            break
    return way
