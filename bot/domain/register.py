"""The register of a forum: who sits there by function, who has each now, and the forum's rules.

It stands pinned in the forum's room and is edited in place, so that the structure is public to
all members (R24). It says aloud which seats nobody holds and who is not an authority (R20).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.domain.answer import Facts, InForum, Reply
from bot.domain.holdings import in_force, in_order
from bot.domain.membership import functions_of
from bot.domain.model import Holding
from bot.domain.region import Forum, Region

MANY = 8
"""More callers than these are counted and not named: a register is read on a phone."""


def manning(function: str, holdings: Sequence[Holding], now: datetime) -> Facts:
    """Tell who has a function now: its holder, or None, and the deputies in their order."""
    held = in_order(one for one in holdings if one.function == function and in_force(one, now))
    return {
        "function": function,
        "holder": next((one.name for one in held if one.rank == 1), None),
        "deputies": [one.name for one in held if one.rank > 1],
    }


def seats(region: Region, forum: Forum, holdings: Sequence[Holding], now: datetime) -> list[Facts]:
    """Tell of each seat who has it now and whom else it speaks for; of a lead without one too."""
    return [
        {**manning(code, holdings, now), **_place(region, forum, code)}
        for code in functions_of(forum, region)
    ]


def register(  # noqa: PLR0913, PLR0917 - what a register says
    region: Region,
    forum: Forum,
    holdings: Sequence[Holding],
    meets_next: datetime | None,
    now: datetime,
    incidents: Sequence[str] = (),
) -> Reply:
    """Write a forum's register message; the same message again when nothing has changed."""
    there = seats(region, forum, holdings, now)
    facts = {
        **rules(region, forum, incidents),
        "seats": there,
        "unmanned": sum(1 for seat in there if not seat["holder"] and not seat["deputies"]),
        "meets_next": meets_next,
    }
    return Reply("register", facts, to=InForum(forum.code), object=f"register:{forum.code}")


def rules(region: Region, forum: Forum, incidents: Sequence[str] = ()) -> dict[str, Any]:
    """Tell what the law says of a forum, and for which incidents it is awake; codes, no words."""
    few = len(forum.may_convene) <= MANY
    return {
        "forum": forum.code,
        "activated_only": forum.activated_only,
        "incidents": list(incidents),
        "purpose": forum.purpose,
        "level": forum.level,
        "chair": forum.chair,
        "vice_chair": forum.vice_chair,
        "secretary": forum.secretary,
        "reports_to": forum.escalates_to,
        "callers": _in_order(region, forum.may_convene) if few else [],
        "caller_count": len(forum.may_convene),
        "info_class": forum.info_class_max,
        "borrows_from": forum.seats_from.forum if forum.seats_from else None,
        "outsiders": _outsiders(region, forum),
    }


def _place(region: Region, forum: Forum, function: str) -> Mapping[str, Any]:
    """Tell how a function has its place: with a seat, for which others, or by leading only."""
    seat = forum.seat_of(function)
    home = region.home_of(function).code
    return {
        "seated": seat is not None,
        "coopted": seat is not None and seat.coopted,
        "represents": [code for code in seat.represents if code != home] if seat else [],
    }


def _in_order(region: Region, functions: frozenset[str]) -> list[str]:
    """Put functions in the order of the law."""
    return [code for code in region.functions if code in functions]


def _outsiders(region: Region, forum: Forum) -> list[str]:
    """List the organisations here that are no authority, in the order of the seats."""
    homes = (region.home_of(code) for code in functions_of(forum, region))
    return list(dict.fromkeys(home.code for home in homes if not home.authority))
