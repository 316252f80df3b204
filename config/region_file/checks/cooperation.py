"""What must hold for requests for cooperation: judges and forums that exist."""

from __future__ import annotations

from config.region_file.reading import Reading


def check(reading: Reading) -> None:
    """See that every function and forum that is named exists."""
    section = reading.shape.cooperation
    for key in ("judges", "informed"):
        for at, function in enumerate(getattr(section, key)):
            reading.knows_function(section.place(key, at), function)
    for key in ("contact", "conference"):
        forum = getattr(section, key)
        reading.known(section.place(key), "forum", forum, reading.written("forums"))
