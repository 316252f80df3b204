"""Hand a function over to somebody, or leave a line for the one who comes."""

from __future__ import annotations

from typing import Annotated

from bot.asking import Ask, Rest, command
from bot.asking.arguments import AN_ID, Part, Reader
from bot.asking.whose import Whose, ending, read_as_said, read_whose
from bot.asking.words import Words
from bot.domain.answer import Answer, Refusal, Typed
from bot.domain.model import OverrideKind
from bot.procedures.ordering_relief import ordered
from bot.procedures.taking_over import line_added, line_for
from bot.procedures.withdrawing import withdrawn

FIELDS = (Part("function", optional=True), Part("person", optional=True), Part("at", optional=True))
RELIEFS = frozenset({OverrideKind.REPLACE, OverrideKind.ADD})


def _read(words: Words, ask: Ask) -> Whose:
    """Read a function, a person, times and a line in quotes, each of which may be left out.

    The id before a reply is the answered message's: all that follows it is the line.
    """
    first = words.peek() or ""
    if AN_ID.match(first) and first.upper().startswith("AV-"):
        words.take()
        return Whose(line=Typed(words.rest()))
    return read_whose(words, ask)


def _may(ask: Ask) -> bool:
    return bool(ask.holdings)


@command(
    "relieve", sv=("avlös", "avlösning"), allowed=_may, counts="act", real=True,
    replies=("relief",), keys={"line": ("rad",), "until": ("till",)},
)  # fmt: skip
async def relieve(
    ask: Ask,
    whose: Annotated[Whose, Reader(_read, finds=True, parts=FIELDS)],
    *,
    until: Annotated[Typed | None, Reader(read_as_said)] = None,
    line: Rest | None = None,
) -> list[Answer]:
    """Say who has a function from then on (R1), or leave a line for the one who comes."""
    wanted = ending(whose, until, ask)
    said = line or wanted.line
    if wanted.no:
        return await withdrawn(ask, wanted, RELIEFS)
    if wanted.who or wanted.at or wanted.until or (wanted.function and not said):
        return await ordered(ask, wanted, str(said))
    if not said:
        raise Refusal("missing_argument", expected="person")
    row = await line_for(ask)
    if row is None:
        raise Refusal("nobody_relieves")
    return await line_added(ask, row, said)
