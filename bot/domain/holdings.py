"""Who has a function: what the rosters say, and what was said on top of them.

Overrides are laid on in the order in which they were said, each on what the earlier ones left: who
stands in may be stood in for in turn. Times may be past, present or coming; a period's start is
included, its end is not. Nothing here is counted in local time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from bot.domain.model import Holding, Override, OverrideKind

BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


def in_force(holding: Holding, now: datetime) -> bool:
    """Tell whether it holds; its start is included, its end is not."""
    begun = holding.starts is None or holding.starts <= now
    return begun and (holding.ends is None or now < holding.ends)


def in_order(holdings: Iterable[Holding]) -> list[Holding]:
    """Sort by function and rank, in each place the one who counts first.

    Of two who have the same place at once, the one who began last counts: theirs is the newer
    word, or the shift that relieves the other. The other one is next, so nobody is lost.
    """
    every = sorted(holdings, key=lambda held: (held.mxid, held.id or 0))
    every.sort(key=lambda held: held.starts or BEFORE_ALL, reverse=True)
    return sorted(every, key=lambda held: (held.function, held.rank))


def resolved(holdings: Iterable[Holding], overrides: Iterable[Override]) -> list[Holding]:
    """Lay the overrides on the holdings; give the periods in which each has what, in order.

    What was withdrawn does not count. A holding that nothing touches is given as it is; a piece of
    one, and who comes in, as a new one that is in no session.
    """
    by_function: dict[str, list[Override]] = defaultdict(list)
    for each in sorted(overrides, key=lambda each: (each.made_at, each.id or 0)):
        by_function[each.function].append(each)
    there: dict[str, list[Holding]] = defaultdict(list)
    for held in holdings:
        if held.withdrawn_at is None:
            there[held.function].append(held)
    for function, said in by_function.items():
        for each in said:
            there[function] = _laid_on(there[function], each)
    return in_order(held for rows in there.values() for held in rows)


def held_at(
    holdings: Iterable[Holding], overrides: Iterable[Override], at: datetime
) -> list[Holding]:
    """List who has what at that moment, by function and rank."""
    return [held for held in resolved(holdings, overrides) if in_force(held, at)]


def until(override: Override) -> datetime | None:
    """Tell when an override stops: at its end, or when it was withdrawn; None for no end."""
    ends = (override.ends, override.withdrawn_at)
    return min((at for at in ends if at is not None), default=None)


def _laid_on(there: Sequence[Holding], override: Override) -> list[Holding]:
    """Lay one override on what the earlier ones left of its function."""
    over = until(override)
    if over is not None and over <= override.starts:
        return list(there)
    if override.kind == OverrideKind.ADD:
        return [*there, _added(override, over)]
    return [piece for held in there for piece in _pieces(held, override, over)]


def _added(override: Override, over: datetime | None) -> Holding:
    """Make the holding that an override adds."""
    return Holding(
        function=override.function,
        rank=override.rank or 1,
        mxid=override.mxid or "",
        name=override.name,
        starts=override.starts,
        ends=over,
        source=override.source,
    )


def _pieces(held: Holding, override: Override, over: datetime | None) -> Iterator[Holding]:
    """Cut out of a holding what the override takes; where it replaces, somebody else has that."""
    begins, ends = _later(held.starts, override.starts), _earlier(held.ends, over)
    about = held.mxid == override.instead_of and override.rank in {None, held.rank}
    if not about or (ends is not None and ends <= begins):
        yield held
        return
    if held.starts is None or held.starts < begins:
        yield _copy(held, ends=begins)
    if override.kind == OverrideKind.REPLACE:
        who = {"mxid": override.mxid, "name": override.name, "source": override.source}
        yield _copy(held, starts=begins, ends=ends, **who)
    if ends is not None and (held.ends is None or ends < held.ends):
        yield _copy(held, starts=ends)


def _copy(held: Holding, **changed: object) -> Holding:
    """Make a piece of a holding."""
    return Holding(**held.model_dump(exclude={"id"}) | changed)


def _later(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else max(one, other)


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((at for at in (one, other) if at is not None), default=None)
