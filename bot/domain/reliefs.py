"""A function changes hands: found by comparing who holds each function at two moments (R1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.model import Handover, Holding

LOOK = "relief.look"
"""The kind of deadline at which changes of hands are looked for; it is about "all"."""
UNCONFIRMED = "relief.unconfirmed"
"""The kind of deadline at which somebody should have taken over; it is about a handover."""
A_DAY = timedelta(days=1)
"""How long after its brief a function can be taken over, or a line be left for it."""

Holder = tuple[str, str]
"""A Matrix id and a name."""
Holders = Mapping[str, Holder]
"""Who holds each function (rank 1), by its code; one that nobody holds is not there."""


@dataclass(frozen=True)
class Turn:
    """At that moment a function goes from one holder to another; None is nobody."""

    function: str
    at: datetime
    outgoing: Holder | None
    incoming: Holder | None

    def is_of(self, row: Handover) -> bool:
        """Tell whether a handover is this turn's, whatever its time."""
        mxids = [holder[0] if holder else None for holder in (self.outgoing, self.incoming)]
        return (row.function, [row.outgoing, row.incoming]) == (self.function, mxids)


def holders(holdings: Iterable[Holding]) -> dict[str, Holder]:
    """Give who holds each function, of those who have it at one moment: the first of rank 1."""
    found: dict[str, Holder] = {}
    for held in holdings:
        if held.rank == 1:
            found.setdefault(held.function, (held.mxid, held.name))
    return found


def turns(before: Holders, after: Holders, at: datetime) -> Iterator[Turn]:
    """List the functions that another person holds afterwards; another name is no other person."""
    for function in sorted(before.keys() | after.keys()):
        outgoing, incoming = before.get(function), after.get(function)
        if _mxid(outgoing) != _mxid(incoming):
            yield Turn(function, at, outgoing, incoming)


def _mxid(holder: Holder | None) -> str | None:
    return holder[0] if holder else None
