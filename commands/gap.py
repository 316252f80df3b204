"""Say that a function is unmanned on purpose for a time: `gap`, `lucka`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from bot.asking import Ask, FunctionCode, Rest, command
from bot.asking.arguments import Reader
from bot.asking.words import NO, Words
from bot.domain.answer import Refusal, Reply, Typed
from bot.domain.calendar import at_wall_time
from bot.domain.model import Holding, PlannedGap
from bot.store import gaps, log

_DAY = re.compile(r"^(\d{4}-\d{2}-\d{2})(?:T(\d{1,2}[:.]\d{2}))?$", re.IGNORECASE)
CLEARED = datetime.min.replace(tzinfo=UTC)
"""What is read where somebody says that there is no gap."""


def _moment(words: Words, ask: Ask, *, end: bool) -> datetime | None:
    """Read a day, or a day with a time; None, and nothing taken, if it is neither.

    A day begins at midnight; as an end it is meant with all its hours.
    """
    found = _DAY.match(words.peek() or "")
    if found is None:
        return None
    word = words.take() or ""
    try:
        day = date.fromisoformat(found[1])
        at = time.fromisoformat(found[2].replace(".", ":").zfill(5)) if found[2] else None
        whole = day + timedelta(days=1) if end and at is None else day
        return at_wall_time(ask.region, whole, at or time())
    except (ValueError, OverflowError):
        raise Refusal("gap_day", word=Typed(word)) from None


def read_start(words: Words, ask: Ask) -> datetime:
    """Read from when; "no" where there is no gap after all."""
    if (words.peek() or "").casefold() in NO:
        words.take()
        return CLEARED
    found = _moment(words, ask, end=False)
    if found is None:
        raise Refusal("gap_day", word=Typed(words.peek() or ""))
    return found


def read_end(words: Words, ask: Ask) -> datetime | None:
    """Read until when, a day with all its hours; None where only one day was said."""
    return _moment(words, ask, end=True)


Start = Annotated[datetime, Reader(read_start)]
End = Annotated[datetime | None, Reader(read_end)]


def may(ask: Ask) -> bool:
    """Allow whoever has a function: of its organisation's it is theirs to say."""
    return bool(ask.holdings)


@command("gap", sv="lucka", allowed=may, counts="act")
async def gap(
    ask: Ask,
    function: FunctionCode,
    begins: Start,
    ends: End = None,
    why: Rest = Typed(""),  # noqa: B008 - it cannot change
) -> Reply:
    """Note that a function is unmanned on purpose; with "no", that it is not."""
    held = _acting(ask, function)
    if begins == CLEARED:
        return await _cleared(ask, function, held)
    if not why:
        raise Refusal("gap_without_why", function=function)
    starts, until = begins, ends or begins + timedelta(days=1)
    if until <= max(starts, ask.now):
        raise Refusal("gap_is_over", function=function, starts=starts, ends=until)
    ask.session.add(
        PlannedGap(
            function=function, starts=starts, ends=until, why=str(why), said_by=ask.mxid,
            said_as=held.function, said_at=ask.now,
        )
    )  # fmt: skip
    times = {"starts": starts.isoformat(), "ends": until.isoformat(), "why": str(why)}
    await _note(ask, "gap.planned", held, function, times)
    return Reply("gap/noted", {"function": function, "starts": starts, "ends": until, "why": why})


async def _cleared(ask: Ask, function: str, held: Holding) -> Reply:
    there = await gaps.of(ask.session, function, ask.now)
    for each in there:
        each.withdrawn_at = ask.now
    await _note(ask, "gap.withdrawn", held, function, {"count": len(there)})
    return Reply("gap/cleared", {"function": function, "count": len(there)})


def _acting(ask: Ask, function: str) -> Holding:
    """Give the holding by which somebody speaks for the function's organisation; or refuse."""
    home = ask.region.home_of(function).code
    theirs = (it for it in ask.holdings if it.function in ask.region.functions)
    own = (it for it in theirs if ask.region.home_of(it.function).code == home)
    held = next(own, None)
    if held is None:
        raise Refusal("not_your_organisation", function=function)
    return held


async def _note(
    ask: Ask, what: str, held: Holding, function: str, facts: Mapping[str, object]
) -> None:
    await log.append(
        ask.session, what, f"function:{function}", happened_at=ask.now, written_at=ask.now,
        function=held.function, mxid=ask.mxid, facts={**facts, "proof": ask.origin},
    )  # fmt: skip
