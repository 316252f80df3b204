"""What a seat may agree to for its organisation (R6, b.7)."""

from __future__ import annotations

from datetime import date

from bot.domain.region import Forum, Mandate, Region


def lowest(region: Region) -> str:
    """Give the kind of mandate that may only inform."""
    return min(region.mandate_kinds.values(), key=lambda kind: kind.rank).code


def in_force(region: Region, mandate: Mandate, on: date) -> frozenset[str]:
    """Give the kinds the mandate holds on that day; past its last day it may inform only (b.2)."""
    if mandate.last_day is not None and on > mandate.last_day:
        return frozenset({lowest(region)})
    return mandate.kinds


def needed(region: Region, forum: Forum, kind: str) -> str | None:
    """Give the mandate that agreeing takes; None if the law no longer knows that kind.

    In a support forum no more is needed than to inform: what it says binds nobody (R7).
    """
    if forum.support_only:
        return lowest(region)
    known = region.agreement_kinds.get(kind)
    return known.needs if known else None


def may_agree(region: Region, forum: Forum, mandate: Mandate, kind: str, on: date) -> bool:
    """Tell whether a seat with that mandate may agree to that kind of agreement on that day."""
    needs = needed(region, forum, kind)
    if needs == lowest(region):
        return True
    return needs is not None and needs in in_force(region, mandate, on)
