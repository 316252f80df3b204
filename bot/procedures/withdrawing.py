"""What was said on top of a roster is taken back: that somebody is away, or comes in (R1)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.asking.ask import Ask
from bot.asking.whose import Whose
from bot.domain.answer import Answer, Refusal, Typed
from bot.domain.model import Override, OverrideKind
from bot.domain.naming import meant
from bot.procedures.briefs import note
from bot.procedures.having import MOST_NAMED, SELF, Having, may_say, own
from bot.procedures.manned import asked_first, manned, to_each
from bot.store import handovers, holdings, log, overrides


async def withdrawn(ask: Ask, whose: Whose, kinds: Collection[str]) -> list[Answer]:
    """Let what runs, and what is to come, not count any more; say who has the function now.

    Refusal where there is nothing, where several can be meant, or it is not theirs to say.
    """
    every = await overrides.coming(ask.session, ask.now)
    function = whose.function or _own(ask, [it for it in every if it.kind in kinds])
    said = [it for it in every if it.function == function]
    rows = _meant(ask, whose.who, function, [it for it in said if it.kind in kinds], said)
    await _may(ask, function, rows)
    at = max(ask.now, rows[0].starts)
    before = await asked_first(ask, function, at)
    for row in rows:
        await _withdraw(ask, row)
    await ask.session.flush()
    away = [it.instead_of for it in rows if it.kind == OverrideKind.TAKE_OUT]
    moved_up = [before] if away and before != await asked_first(ask, function, at) else []
    facts = {
        **await manned(ask, function, ask.now),
        "rows": [_row(it) for it in rows],
        "left": [_row(it) for it in said if it.withdrawn_at is None],
    }
    return to_each(ask, "away/withdrawn", facts, (*away, *moved_up))


def _own(ask: Ask, rows: Sequence[Override]) -> str:
    """Give the only function of which something was said of them, else the one they have."""
    theirs = {it.function for it in rows if ask.mxid in _both(it)}
    return theirs.pop() if len(theirs) == 1 else own(ask)


def _meant(
    ask: Ask, who: str, function: str, rows: Sequence[Override], said: Sequence[Override]
) -> list[Override]:
    """Find all that was said of one person: who is named, or asks, or else the only one."""
    people = {_about(it): it.name for it in rows}
    self_ = who.casefold() in SELF or (not who and ask.mxid in people)
    found = [ask.mxid] if self_ else meant(who, people) if who else list(people)
    mine = [it for it in rows if _about(it) in found]
    if not mine:
        raise Refusal("nothing_to_take_back", function=function, others=[_row(it) for it in said])
    if len({_about(it) for it in mine}) > 1:
        several = [{"name": Typed(people[it]), "mxid": it} for it in found[:MOST_NAMED]]
        raise Refusal("which_to_take_back", function=function, people=several)
    return mine


async def _may(ask: Ask, function: str, rows: Sequence[Override]) -> None:
    """Let those whom it is about, and those who may hand the function over."""
    if not all(ask.mxid in _both(it) for it in rows):
        having = Having(function, ask.now, await holdings.of(ask.session, function))
        may_say(ask, having, _about(rows[0]))


async def _withdraw(ask: Ask, row: Override) -> None:
    """Let one not count any more; a handover it made that nobody was briefed of is not to be."""
    await overrides.withdraw(ask.session, row, ask.now, ask.mxid)
    for each in await handovers.ahead(ask.session, row.function):
        if each.briefed_at is None and (each.incoming, each.at) == (row.mxid, row.starts):
            each.called_off_at = ask.now
            await note(ask, each, "relief.called_off", ask.mxid)
    await log.append(
        ask.session, f"{row.source}.withdrawn", f"function:{row.function}", happened_at=ask.now,
        written_at=ask.now, function=row.function, mxid=ask.mxid,
        facts={
            "kind": row.kind, "person": _about(row), "starts": row.starts.isoformat(),
            "ends": row.ends.isoformat() if row.ends else None, "proof": ask.origin,
        },
    )  # fmt: skip


def _both(row: Override) -> tuple[str | None, str | None]:
    """Give who is taken out and who comes in."""
    return row.instead_of, row.mxid


def _about(row: Override) -> str:
    """Give the person by whom it is known: who comes in, or who is away."""
    return row.mxid or row.instead_of or ""


def _row(row: Override) -> dict[str, object]:
    return {
        "away": row.kind == OverrideKind.TAKE_OUT, "name": Typed(row.name), "mxid": _about(row),
        "starts": row.starts, "ends": row.ends,
    }  # fmt: skip
