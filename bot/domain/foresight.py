"""What a call would do at any time, if nobody answered: who is asked, in which order, when (R1).

It is not reckoned a second time: the very calls that a real summons makes are begun and let run
out, by what the rosters say of each moment on the way. Where a function changes hands meanwhile,
who comes is asked in place of who goes, as in a real call.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.calling import SeatCall
from bot.domain.holdings import in_force
from bot.domain.model import Call, CallStep, Holding
from bot.domain.region import Forum, Region, Seat
from bot.domain.reliefs import Holders, holders, turns
from bot.domain.summons import Link, Roster, by_function, limits_for, links, order

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Turn:
    """Somebody's turn: who, as what, and from when until when they would be waited for."""

    link: Link
    asked_at: datetime
    due_at: datetime


@dataclass
class Foreseen:
    """One seat's call as it would run out."""

    call: SeatCall
    turns: list[Turn] = field(default_factory=list)

    @property
    def seat(self) -> Seat:
        """Give the seat."""
        return self.call.seat

    @property
    def given_up_at(self) -> datetime | None:
        """Tell when nobody would be left to ask; None if nobody could be asked at all."""
        return self.turns[-1].due_at if self.turns else None

    def asked(self, step: CallStep | None) -> None:
        """Note whose turn it has become, if anybody's."""
        if step is not None and step.asked_at and step.due_at:
            link = Link(step.function, step.rank, step.mxid, step.name)
            self.turns.append(Turn(link, step.asked_at, step.due_at))


def foresee(
    region: Region, forum: Forum, periods: Sequence[Holding], at: datetime
) -> list[Foreseen]:
    """Tell how each seat's call would run, were the forum called then to a meeting at once.

    `periods` is who has what from when to when, at that time and for as long as the call lasts.
    """
    roster = roster_at(periods, at)
    foreseen = [_begun(region, forum, seat, roster, at) for seat in forum.seats]
    while (due := _due(foreseen)) is not None:
        turn = _turn(periods, at)
        at = due if turn is None else min(due, turn)
        before, roster = roster, roster_at(periods, at)
        for each in foreseen:
            each.call.chain = links(each.call.call.functions, roster)
        if at == turn:
            _hand_over(foreseen, _first(before), _first(roster), at)
        _elapse(foreseen, at)
    return foreseen


def roster_at(periods: Iterable[Holding], at: datetime) -> Roster:
    """Give who has each function at a moment."""
    return by_function(held for held in periods if in_force(held, at))


def minute_of(moment: datetime, called_at: datetime) -> int:
    """Give how many whole minutes after the call a moment is."""
    return (moment - called_at) // MINUTE


def people(foreseen: Iterable[Foreseen]) -> list[str]:
    """List who would be asked (mxid), each once."""
    return list(dict.fromkeys(turn.link.mxid for each in foreseen for turn in each.turns))


def answerable(foreseen: Iterable[Foreseen]) -> tuple[int, int]:
    """Count the required seats with somebody to ask, and all the required seats."""
    required = [each for each in foreseen if each.seat.required]
    return sum(bool(each.turns) for each in required), len(required)


def _begun(region: Region, forum: Forum, seat: Seat, roster: Roster, at: datetime) -> Foreseen:
    functions = list(order(region, forum, seat, at))
    row = Call(id=0, summons="", function=seat.function, represents=[], functions=functions)
    limits = limits_for(region, forum, at, at)
    found = Foreseen(SeatCall(seat, row, [], links(functions, roster), limits))
    found.asked(found.call.begin(at))
    return found


def _due(foreseen: Iterable[Foreseen]) -> datetime | None:
    """Tell when somebody's time is out next; None when nobody is waited for any more."""
    asking = (each.call.asking for each in foreseen)
    return min((step.due_at for step in asking if step and step.due_at), default=None)


def _turn(periods: Iterable[Holding], after: datetime) -> datetime | None:
    """Tell when somebody next begins or ends."""
    turns_ = (at for held in periods for at in (held.starts, held.ends))
    return min((at for at in turns_ if at is not None and at > after), default=None)


def _first(roster: Roster) -> Holders:
    return holders(held for rows in roster.values() for held in rows)


def _elapse(foreseen: Iterable[Foreseen], at: datetime) -> None:
    for each in foreseen:
        each.asked(each.call.elapse(at))


def _hand_over(foreseen: Iterable[Foreseen], before: Holders, after: Holders, at: datetime) -> None:
    """Let who comes be asked in place of who goes and is being asked."""
    for turn in turns(before, after, at):
        if turn.outgoing is None or turn.incoming is None:
            continue
        who = (turn.outgoing[0], turn.function)
        for each in foreseen:
            step = each.call.asking
            if step is not None and (step.mxid, step.function) == who:
                each.asked(each.call.hand_over(turn.incoming[0], at))
