"""Somebody says in the room who has a function from now, or from then, for a while (R1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot.asking.ask import Ask
from bot.asking.whose import Whose
from bot.domain.answer import Answer, Refusal, Reply, Typed
from bot.domain.calendar import as_typed
from bot.domain.model import Handover, Holding, Override, OverrideKind
from bot.domain.naming import meant
from bot.domain.reliefs import Turn, holders
from bot.procedures.briefs import handed, note
from bot.procedures.having import MOST_NAMED, SELF, Having, may_say, own, timely
from bot.procedures.relieving import planned
from bot.store import holdings, overrides


async def ordered(ask: Ask, whose: Whose, line: str) -> list[Answer]:
    """Let somebody have the function from then on, and have both briefed.

    Refusal where it is not theirs to say, or where who is meant is nobody the organisation knows.
    """
    at = whose.at or ask.now
    timely(ask, at, whose.ends)
    function = whose.function or own(ask)
    every = await holdings.periods(ask.session)
    having = Having(function, at, [it for it in every if it.function == function])
    who = _person(ask, whose, having, every, line)
    by = may_say(ask, having, who[0])
    said = list(_stretches(having, who[0], whose.ends))
    if not said:
        raise Refusal("holds_already", function=function, person=Typed(who[1]), at=at)
    for stretch, ends in said:
        await overrides.add(ask.session, _override(ask, stretch, ends, who, by))
    begins = said[0][0]
    row = await _row(ask, begins, who, line)
    facts = {**handed(row), "until": whose.ends or said[-1][1], "own": who[0] == ask.mxid}
    return [Reply("relief/ordered", {**facts, **await _after(ask, function, whose.ends)})]


def _stretches(
    having: Having, mxid: str, ends: datetime | None
) -> Iterator[tuple[Having, datetime | None]]:
    """List the times in which they come in; without an end, as long as who goes would have it.

    What they hold by themselves is theirs already.
    """
    until = having.until(ends) if ends else [(having, having.ends)]
    for each, over in until:
        if each.holder is None or each.holder.mxid != mxid:
            yield each, over


async def _after(ask: Ask, function: str, ends: datetime | None) -> dict[str, object]:
    """Tell who has the function again after an end that was said."""
    there = holders(await holdings.holders(ask.session, function, ends)) if ends else {}
    mxid, name = there.get(function, (None, ""))
    then = as_typed(ask.region, ends) if ends else ""
    return {"then": then, "back": Typed(name) if mxid else None}


def _person(
    ask: Ask, whose: Whose, having: Having, every: list[Holding], line: str
) -> tuple[str, str]:
    """Find who is meant among those who have, or will have, a function of the organisation.

    A refusal carries the times and the line on: copied without, it would move the seat now.
    """
    who, people = whose.who, _known(ask, having, every)
    if not who and having.holder and having.holder.mxid == ask.mxid:
        raise Refusal("missing_argument", expected="person")
    self_ = not who or who.casefold() in SELF
    found = [ask.mxid] if self_ and ask.mxid in people else meant(who, people)
    if len(found) == 1:
        return found[0], people[found[0]]
    among = found or [mxid for mxid in people if mxid != ask.mxid]
    raise Refusal(
        "which_person", person=Typed(who), several=len(found) > 1, function=having.function,
        people=[{"name": Typed(people[it]), "mxid": it} for it in among[:MOST_NAMED]],
        at=as_typed(ask.region, whose.at) if whose.at else "",
        until=as_typed(ask.region, whose.ends) if whose.ends else "", line=Typed(line),
    )  # fmt: skip


def _known(ask: Ask, having: Having, every: list[Holding]) -> dict[str, str]:
    """Give the names of those whom the function's organisation has or will have, by mxid."""
    home = ask.region.home_of(having.function).code
    return {
        it.mxid: it.name
        for it in [*having.periods, *every]
        if it.function in ask.region.functions
        and ask.region.home_of(it.function).code == home
        and (it.ends is None or it.ends > ask.now)
    }


def _override(
    ask: Ask, having: Having, ends: datetime | None, who: tuple[str, str], by: str
) -> Override:
    """Make what is laid on the roster; the rest follows from there."""
    went = having.holder
    return Override(
        function=having.function, kind=OverrideKind.REPLACE if went else OverrideKind.ADD, rank=1,
        instead_of=went.mxid if went else None, mxid=who[0], name=who[1],
        starts=having.at, ends=ends, made_at=ask.now, made_by=ask.mxid, made_as=by,
        source="relieve",
    )  # fmt: skip


async def _row(ask: Ask, having: Having, who: tuple[str, str], line: str) -> Handover:
    """Keep the handover, with the line; who takes it themself has taken over already."""
    goes = having.goes(who[0])
    went = (goes.mxid, goes.name) if goes else None
    row = await planned(ask, Turn(having.function, having.at, went, who))
    if line:
        row.lines = [{"name": ask.name, "text": line, "at": ask.now.isoformat()}]
    if who[0] == ask.mxid:
        row.taken_over_at = ask.now
    await note(ask, row, "relief.ordered", ask.mxid, text=line)
    return row
