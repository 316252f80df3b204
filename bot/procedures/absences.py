"""Somebody is taken out of a function for a while: who is asked instead, or that nobody is (R1)."""

from __future__ import annotations

from bot.asking.ask import Ask
from bot.asking.whose import Whose
from bot.domain.answer import Answer, Facts, Refusal, Typed
from bot.domain.calendar import as_typed
from bot.domain.model import Override, OverrideKind
from bot.domain.naming import meant
from bot.procedures.having import MOST_NAMED, SELF, Having, may_say, own, timely
from bot.procedures.manned import asked_first, first_gap, manned, to_each
from bot.store import holdings, log, overrides


async def absent(ask: Ask, whose: Whose) -> list[Answer]:
    """Take somebody out of a function from then on, up to the end or until said otherwise.

    Who asks is told, who is away, and who comes first instead. Refusal where it is not theirs to
    say, or where who is meant does not have the function in that time.
    """
    at = whose.at or ask.now
    timely(ask, at, whose.ends)
    function = whose.function or own(ask)
    having = Having(function, at, await holdings.of(ask.session, function))
    mxid, name = _person(ask, whose, having)
    by = may_say(ask, having, mxid)
    override = Override(
        function=function, kind=OverrideKind.TAKE_OUT, instead_of=mxid, name=name, starts=at,
        ends=whose.ends, made_at=ask.now, made_by=ask.mxid, made_as=by, source="away",
    )  # fmt: skip
    before = await asked_first(ask, function, at)
    await overrides.add(ask.session, override)
    await _note(ask, override)
    after = await asked_first(ask, function, at)
    moved_up = after if after != before else None
    return to_each(ask, "away/noted", await _facts(ask, override), (mxid, moved_up))


def _person(ask: Ask, whose: Whose, having: Having) -> tuple[str, str]:
    """Find who is meant among those who have the function at some time in it."""
    who, people = whose.who, having.there(whose.ends)
    self_ = not who or who.casefold() in SELF
    found = [ask.mxid] if self_ and ask.mxid in people else meant(who, people)
    if len(found) == 1:
        return found[0], people[found[0]]
    among = found or list(people)
    raise Refusal(
        "which_absent", person=Typed("" if self_ else who), several=len(found) > 1,
        function=having.function,
        people=[{"name": Typed(people[it]), "mxid": it} for it in among[:MOST_NAMED]],
        at=as_typed(ask.region, whose.at) if whose.at else "",
        until=as_typed(ask.region, whose.ends) if whose.ends else "",
    )  # fmt: skip


async def _facts(ask: Ask, override: Override) -> Facts:
    function, starts = override.function, override.starts
    gap = await first_gap(ask, function, starts, override.ends)
    return {
        **await manned(ask, function, starts),
        "person": Typed(override.name),
        "mxid": override.instead_of,
        "by": Typed(ask.name) if override.instead_of != ask.mxid else None,
        "starts": starts,
        "ends": override.ends,
        "nobody": gap,
        "from_then": as_typed(ask.region, gap["starts"]) if gap and gap["starts"] else "",
        "until_then": as_typed(ask.region, gap["ends"]) if gap and gap["ends"] else "",
    }


async def _note(ask: Ask, override: Override) -> None:
    await log.append(
        ask.session, "away.said", f"function:{override.function}", happened_at=ask.now,
        written_at=ask.now, function=override.made_as, mxid=ask.mxid,
        facts={
            "away": override.instead_of, "starts": override.starts.isoformat(),
            "ends": override.ends.isoformat() if override.ends else None,
            "proof": ask.origin,
        },
    )  # fmt: skip
