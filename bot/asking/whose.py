"""Who has a function from when until when, as people say it: a function, a name, times, a line.

In any order but the times': the first is the start, the second, or what follows "till", the end.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from bot.asking.ask import Ask
from bot.asking.times import begins_a_time, clock_only, day_only, read_day, read_time
from bot.asking.words import NO, Words, unquoted
from bot.domain.answer import Refusal, Typed
from bot.domain.calendar import at_wall_time

TO = frozenset({"till", "until", "to", "tom", "t.o.m."})


@dataclass(frozen=True)
class Whose:
    """What was said: a code, a name or Matrix id, times, a line, that it is not so; all may lack.

    `day_ends` is the end of the day where only a day was said.
    """

    function: str | None = None
    who: str = ""
    at: datetime | None = None
    until: datetime | None = None
    day_ends: datetime | None = None
    line: Typed = Typed("")  # noqa: RUF009 - it cannot change
    no: bool = False

    @property
    def ends(self) -> datetime | None:
        """Give the end: what was said, else that of the day that was said."""
        return self.until or self.day_ends


def read_whose(words: Words, ask: Ask) -> Whose:
    """Read all of it; what is neither a code, a time nor in quotes is the name."""
    codes = {code.casefold(): code for code in ask.region.functions}
    found = Whose(function=codes.get((words.peek() or "").casefold()))
    if found.function:
        words.take()
    while words.left():
        found = _with_next(found, words, ask)
    return found


def ending(whose: Whose, said: Typed | None, ask: Ask) -> Whose:
    """Add the end that was said by its name; Refusal if it is none."""
    if said is None:
        return whose
    words = Words.of(said, {})
    try:
        until = _end(words, ask, whose.at)
    except Refusal:
        words.rest()
        until = None
    if until is None or words.left():
        raise Refusal("unknown_time", word=said, key="until")
    return replace(whose, until=until)


def read_as_said(words: Words, ask: Ask) -> Typed:  # noqa: ARG001 - the shape of every Reading
    """Take an end as it was typed: it is read when the start is known."""
    return Typed(words.rest())


def _with_next(found: Whose, words: Words, ask: Ask) -> Whose:
    """Read the next word, or time, and add it."""
    left = words.left()
    word = left[0].casefold()
    if unquoted(left[0]) != left[0]:
        return replace(found, line=Typed(words.take() or ""))
    if word in NO and len(left) == 1:
        words.take()
        return replace(found, no=True)
    if word in TO:
        words.take()
        ends = begins_a_time(words)
        return replace(found, until=_end(words, ask, found.at)) if ends else found
    if begins_a_time(words):
        return _with_time(found, words, ask)
    return replace(found, who=f"{found.who} {words.take()}".strip())


def _with_time(found: Whose, words: Words, ask: Ask) -> Whose:
    if found.at is not None:
        return replace(found, until=_end(words, ask, found.at))
    if day_only(words):
        day = read_day(words, ask)
        begins = at_wall_time(ask.region, day, time())
        ends = at_wall_time(ask.region, day + timedelta(days=1), time())
        return replace(found, at=max(begins, ask.now), day_ends=ends)
    return replace(found, at=read_time(words, ask))


def _end(words: Words, ask: Ask, starts: datetime | None) -> datetime:
    """Read an end: a day with all its hours; a clock time alone, or "+2h", is after the start."""
    if day_only(words):
        return at_wall_time(ask.region, read_day(words, ask) + timedelta(days=1), time())
    after = replace(ask, now=starts) if starts and clock_only(words) else ask
    return read_time(words, after)
