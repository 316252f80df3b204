"""What must hold for the holdings a region file gives."""

from __future__ import annotations

from datetime import datetime

from config.region_file.reading import Reading


def check(reading: Reading) -> None:
    """See that each holding is of a function there is, and begins before it ends."""
    for held in reading.shape.on_duty_example:
        reading.knows_function(held.place("function"), held.function)
        if held.from_ is None or held.to is None:
            continue
        if datetime.fromisoformat(held.from_) >= datetime.fromisoformat(held.to):
            message = f"the holding ends at {held.to}, before it begins"
            reading.say(held.place("to"), message, f"a time after {held.from_}")
