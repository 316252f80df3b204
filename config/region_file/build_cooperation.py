"""What a region file says of requests for cooperation; what it leaves out follows from the rest."""

from __future__ import annotations

from bot.domain.region import Cooperation
from config.region_file.forum_shape import ForumShape
from config.region_file.reading import Reading


def cooperation_of(reading: Reading) -> Cooperation:
    """Give who judges and where it leads.

    Without a word of the file: the first contact is the activated forum with a place for those
    concerned, the conference the one it escalates to. The contact point of the authority that
    answers for the area judges first, then those who lead the first contact (R18, R27).
    """
    written = reading.shape.cooperation
    contact = written.contact or _contact(reading)
    at_first = reading.forums.get(contact) if contact else None
    conference = written.conference or (at_first.escalates_to if at_first else None)
    led_by = reading.forums.get(conference or "") or at_first
    judges = tuple(written.judges) or _judges(reading, at_first or led_by)
    informed = tuple(written.informed) or judges[1:]
    return Cooperation(judges, informed, contact, conference)


def _contact(reading: Reading) -> str | None:
    """Find the activated forum in which organisations sit because an event concerns them."""
    found = (
        forum.code
        for forum in reading.shape.forums
        if forum.activated_only and any(seat.role for seat in forum.seats)
    )
    return next(found, None)


def _judges(reading: Reading, forum: ForumShape | None) -> tuple[str, ...]:
    area = [each.contact_point for each in reading.shape.organisations if each.area_responsible]
    lead = (forum.chair, forum.vice_chair, forum.secretary) if forum else ()
    return tuple(dict.fromkeys(function for function in (*area, *lead) if function))
