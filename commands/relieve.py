"""Hand a function over to somebody, or leave a line for the one who comes."""

from __future__ import annotations

from typing import Annotated

from bot.asking import Ask, Rest, command
from bot.asking.arguments import AN_ID, Part, Reader
from bot.asking.times import read_time
from bot.asking.words import Words, unquoted
from bot.domain.answer import Answer, Refusal, Typed
from bot.procedures.ordering_relief import Wanted, ordered
from bot.procedures.taking_over import line_added, line_for

_BEFORE_A_TIME = frozenset({
    "kl", "kl.", "at", "i", "nu", "now", "idag", "imorgon", "imorn", "today", "tomorrow",
})  # fmt: skip
FIELDS = (Part("function", optional=True), Part("person", optional=True), Part("at", optional=True))


def _read(words: Words, ask: Ask) -> Wanted:
    """Read a function, a person, a time and a line in quotes, each of which may be left out.

    The id before a reply is the answered message's: all that follows it is the line.
    """
    first = words.peek() or ""
    if AN_ID.match(first) and first.upper().startswith("AV-"):
        words.take()
        return Wanted(line=Typed(words.rest()))
    codes = {code.casefold(): code for code in ask.region.functions}
    function = codes.get(first.casefold())
    if function:
        words.take()
    who, at, line = [], None, Typed("")
    while left := words.left():
        word = left[0]
        if unquoted(word) != word:
            line = Typed(words.take() or "")
        elif word.casefold() in _BEFORE_A_TIME or word[:1].isdigit() or word[:1] == "+":
            at = read_time(words, ask)
        else:
            who.append(words.take() or "")
    return Wanted(function, " ".join(who), at, line)


def _may(ask: Ask) -> bool:
    return bool(ask.holdings)


@command(
    "relieve", sv=("avlös", "avlösning"), allowed=_may, counts="act", real=True,
    replies=("relief",), keys={"line": ("rad",)},
)  # fmt: skip
async def relieve(
    ask: Ask,
    wanted: Annotated[Wanted, Reader(_read, finds=True, parts=FIELDS)],
    *,
    line: Rest | None = None,
) -> list[Answer]:
    """Say who has a function from then on (R1), or leave a line for the one who comes."""
    said = line or wanted.line
    if wanted.who or wanted.at or (wanted.function and not said):
        return await ordered(ask, wanted, str(said))
    if not said:
        raise Refusal("missing_argument", expected="person")
    row = await line_for(ask)
    if row is None:
        raise Refusal("nobody_relieves")
    return await line_added(ask, row, said)
