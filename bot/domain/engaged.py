"""Whether who would answer for another organisation is itself taken up by the event (P20)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.domain.calling import SeatCall
from bot.domain.region import Region


def engaged(
    region: Region,
    seats: Sequence[SeatCall],
    each: SeatCall,
    function: str | None,
    involved: Collection[str],
) -> bool:
    """Tell whether a function that stands in for another organisation has its own part in it.

    It has if it is called to the same meeting for its own seat, or if its organisation is
    `involved` in the incident (codes). It is asked all the same.
    """
    if function is None or function not in region.functions:
        return False
    home = region.home_of(function).code
    if home == region.home_of(each.seat.function).code:
        return False
    return home in involved or any(other.seat.function == function for other in seats)
