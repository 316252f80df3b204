"""Whether the sides that a forum wants to hear are at the table, and who could still bring them.

A seat brings the perspective of every organisation it answers for: one that represents seven
municipalities brings theirs (R2). Only who has answered counts; silence never does (R4, R10).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.domain.answer import Facts
from bot.domain.calling import SeatCall
from bot.domain.region import Forum, Region, Seat


def brings(region: Region, seat: Seat) -> frozenset[str]:
    """List the perspectives that a seat brings, by the types of those it answers for."""
    homes = {region.home_of(seat.function).code, *seat.represents}
    types = {region.organisations[code].type for code in homes if code in region.organisations}
    return frozenset(
        code for code, each in region.perspectives.items() if not types.isdisjoint(each.types)
    )


def perspectives(
    region: Region,
    forum: Forum,
    seats: Sequence[SeatCall],
    in_room: Collection[str] | None = None,
) -> Facts:
    """Tell which of the perspectives that the forum wants are covered, and which are missing.

    With `in_room` (mxids) only who is there counts. Of a missing one, the functions whose seats
    could bring it are listed; there are none where no seat could.
    """
    covered: list[str] = []
    missing: list[Facts] = []
    for code in forum.perspectives:
        theirs = [each for each in seats if code in brings(region, each.seat)]
        if any(_counts(each, in_room) for each in theirs):
            covered.append(code)
        else:
            missing.append({"perspective": code, "seats": [it.seat.function for it in theirs]})
    return {"covered": covered, "missing": missing}


def _counts(each: SeatCall, in_room: Collection[str] | None) -> bool:
    return each.reached and (in_room is None or each.call.answered_by in in_room)
