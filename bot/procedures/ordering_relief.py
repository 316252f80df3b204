"""Somebody says in the room who has a function from now, or from then (R1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.asking.ask import Ask
from bot.domain.answer import Answer, Refusal, Reply, Typed
from bot.domain.authority import acting_as
from bot.domain.calendar import as_typed
from bot.domain.holdings import in_force
from bot.domain.model import Handover, Holding, Override, OverrideKind
from bot.domain.naming import meant
from bot.domain.reliefs import Turn
from bot.procedures.briefs import handed, note
from bot.procedures.relieving import planned
from bot.store import holdings, overrides

SELF = frozenset({"mig", "jag", "me", "i", "myself", "själv"})
MOST_NAMED = 6
"""How many people are named in a refusal."""


@dataclass(frozen=True)
class Wanted:
    """What was said: a function's code, a name or Matrix id, a moment, a line; all may lack."""

    function: str | None = None
    who: str = ""
    at: datetime | None = None
    line: Typed = Typed("")  # noqa: RUF009 - it cannot change


@dataclass(frozen=True)
class _Seat:
    """A function at the moment it is to change hands: its periods, and who then holds it."""

    function: str
    at: datetime
    periods: list[Holding]

    @property
    def holder(self) -> Holding | None:
        """Give who would hold it then."""
        there = (it for it in self.periods if it.rank == 1 and in_force(it, self.at))
        return next(there, None)

    def goes(self, comes: str) -> Holding | None:
        """Give who has it up to that moment; where that is who comes (mxid), who would have it."""
        before = self.at - datetime.resolution
        there = (it for it in self.periods if it.rank == 1 and in_force(it, before))
        last = next(there, None)
        return last if last and last.mxid != comes else self.holder

    @property
    def ends(self) -> datetime | None:
        """Tell until when the one who comes has it: as long as who goes would have had it.

        Where nobody would, until the next one begins.
        """
        if self.holder:
            return self.holder.ends
        later = [it.starts for it in self.periods if it.rank == 1 and it.starts]
        return min((at for at in later if at > self.at), default=None)


async def ordered(ask: Ask, wanted: Wanted, line: str) -> list[Answer]:
    """Let somebody have the function from then on, and have both briefed.

    Refusal where it is not theirs to say, or where who is meant is nobody the organisation knows.
    """
    at = wanted.at or ask.now
    if at < ask.now:
        raise Refusal("time_passed", at=at)
    function = wanted.function or _own(ask)
    every = await holdings.periods(ask.session)
    seat = _Seat(function, at, [it for it in every if it.function == function])
    mxid, name = _person(ask, wanted, seat, every, line)
    by = _may_say(ask, seat, mxid)
    if seat.holder and seat.holder.mxid == mxid:
        raise Refusal("holds_already", function=function, person=Typed(name), at=at)
    await _override(ask, seat, (mxid, name), by)
    row = await _row(ask, seat, (mxid, name), line)
    facts = {**handed(row), "until": seat.ends, "own": mxid == ask.mxid}
    return [Reply("relief/ordered", facts)]


def _own(ask: Ask) -> str:
    """Give the only function they hold themselves, else the only one they stand in for."""
    held = [it.function for it in ask.holdings if it.rank == 1] or list(ask.functions)
    if len(held) != 1:
        raise Refusal("which_function", functions=held)
    return held[0]


def _person(
    ask: Ask, wanted: Wanted, seat: _Seat, every: list[Holding], line: str
) -> tuple[str, str]:
    """Find who is meant among those who have, or will have, a function of the organisation.

    A refusal carries the time and the line on: copied without them, it would move the seat now.
    """
    who = wanted.who
    home = ask.region.home_of(seat.function).code
    people = {
        it.mxid: it.name
        for it in [*seat.periods, *every]
        if it.function in ask.region.functions
        and ask.region.home_of(it.function).code == home
        and (it.ends is None or it.ends > ask.now)
    }
    if not who and seat.holder and seat.holder.mxid == ask.mxid:
        raise Refusal("missing_argument", expected="person")
    own = not who or who.casefold() in SELF
    found = [ask.mxid] if own and ask.mxid in people else meant(who, people)
    if len(found) == 1:
        return found[0], people[found[0]]
    among = found or [mxid for mxid in people if mxid != ask.mxid]
    raise Refusal(
        "which_person", person=Typed(who), several=len(found) > 1, function=seat.function,
        people=[{"name": Typed(people[it]), "mxid": it} for it in among[:MOST_NAMED]],
        at=as_typed(ask.region, wanted.at) if wanted.at else "", line=Typed(line),
    )  # fmt: skip


def _may_say(ask: Ask, seat: _Seat, mxid: str) -> str:
    """Give as what they may: the holder, the contact point; for themself, whoever stands in.

    Who is to come by the roster may come earlier.
    """
    own = [it for it in ask.holdings if it.function == seat.function]
    if any(it.rank == 1 for it in own):
        return seat.function
    contact = acting_as(ask, (ask.region.home_of(seat.function).contact_point,))
    if contact and contact.rank == 1:
        return contact.function
    ahead = [it for it in seat.periods if it.rank == 1 and it.starts and it.starts > seat.at]
    coming = any(it.mxid == ask.mxid for it in ahead)
    if mxid == ask.mxid and (own or coming):
        return seat.function
    home = ask.region.home_of(seat.function)
    needs = list(dict.fromkeys((seat.function, home.contact_point)))
    raise Refusal("not_yours_to_hand_over", function=seat.function, needs=needs)


async def _override(ask: Ask, seat: _Seat, who: tuple[str, str], by: str) -> None:
    """Lay it on the roster; the rest follows from there."""
    went = seat.holder
    override = Override(
        function=seat.function, kind=OverrideKind.REPLACE if went else OverrideKind.ADD, rank=1,
        instead_of=went.mxid if went else None, mxid=who[0], name=who[1],
        starts=seat.at, ends=seat.ends, made_at=ask.now, made_by=ask.mxid, made_as=by,
        source="relieve",
    )  # fmt: skip
    await overrides.add(ask.session, override)


async def _row(ask: Ask, seat: _Seat, who: tuple[str, str], line: str) -> Handover:
    """Keep the handover, with the line; who takes it themself has taken over already."""
    goes = seat.goes(who[0])
    went = (goes.mxid, goes.name) if goes else None
    row = await planned(ask, Turn(seat.function, seat.at, went, who))
    if line:
        row.lines = [{"name": ask.name, "text": line, "at": ask.now.isoformat()}]
    if who[0] == ask.mxid:
        row.taken_over_at = ask.now
    await note(ask, row, "relief.ordered", ask.mxid, text=line)
    return row
