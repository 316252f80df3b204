"""Who may do what in a forum: by function, never by person or by a room's power level (R1, R19).

A person acts as the holder of a function or as one of its deputies; which of the two is always
said. Whoever asks is anything that knows what it holds now (`bot.asking.Ask` does).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

from bot.domain.model import Holding
from bot.domain.region import Forum, Region


class Acting(Protocol):
    """Somebody, with what they hold at this moment."""

    @property
    def holdings(self) -> tuple[Holding, ...]:
        """List what they hold or stand in for."""


def acting_as(who: Acting, functions: Iterable[str]) -> Holding | None:
    """Give the holding by which somebody acts as one of these functions: the lowest rank first.

    Of two with the same rank, the function named first counts.
    """
    order = {function: place for place, function in enumerate(functions)}
    theirs = [held for held in who.holdings if held.function in order]
    return min(theirs, key=lambda held: (held.rank, order[held.function]), default=None)


def may_convene(who: Acting, forum: Forum) -> bool:
    """Tell whether they may call that forum to a meeting."""
    return acting_as(who, forum.may_convene) is not None


def may_convene_any(who: Acting, region: Region) -> bool:
    """Tell whether there is a forum that they may call."""
    return any(may_convene(who, forum) for forum in region.forums.values())


def leads(who: Acting, forum: Forum) -> bool:
    """Tell whether they are the forum's chair, vice chair or secretary."""
    return acting_as(who, forum.lead) is not None


def opener(
    forum: Forum, turn: Sequence[str], there: Collection[str], caller: str | None
) -> str | None:
    """Give the function that opens the meeting: those whose turn it is, secretary, caller (R27).

    `turn` is chair, vice chair and the coordinators on duty; `there` holds the functions that have
    been reached. None when none of them is there.
    """
    order = (*turn, *forum.lead, *((caller,) if caller else ()))
    return next((function for function in order if function in there), None)
