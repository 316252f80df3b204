"""What must hold between the parts of a region file. Each check notes all it finds."""

from __future__ import annotations

from config.region_file.checks import (
    cooperation,
    forums,
    holders,
    meetings,
    names,
    organisations,
    perspectives,
    reach,
    seats,
)
from config.region_file.reading import Reading


def check(reading: Reading) -> None:
    """Run every check."""
    names.check(reading)
    organisations.check(reading)
    forums.check(reading)
    seats.check(reading)
    meetings.check(reading)
    cooperation.check(reading)
    perspectives.check(reading)
    reach.check(reading)
    holders.check(reading)
