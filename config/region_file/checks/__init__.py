"""What must hold between the parts of a region file. Each check notes all it finds."""

from __future__ import annotations

from config.region_file.checks import forums, holders, meetings, names, organisations, seats
from config.region_file.reading import Reading


def check(reading: Reading) -> None:
    """Run every check."""
    names.check(reading)
    organisations.check(reading)
    forums.check(reading)
    seats.check(reading)
    meetings.check(reading)
    holders.check(reading)
