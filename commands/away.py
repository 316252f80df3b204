"""Say that somebody does not have a function for a while, or that they do: `away`, `frånvaro`."""

from __future__ import annotations

from typing import Annotated

from bot.asking import Ask, command
from bot.asking.arguments import Part, Reader
from bot.asking.whose import Whose, ending, read_as_said, read_whose
from bot.domain.answer import Answer, Refusal, Typed
from bot.domain.model import OverrideKind
from bot.procedures.absences import absent
from bot.procedures.withdrawing import withdrawn

FIELDS = (Part("function", optional=True), Part("person", optional=True), Part("at", optional=True))
ABSENCES = frozenset({OverrideKind.TAKE_OUT})


def _may(ask: Ask) -> bool:
    return bool(ask.holdings)


@command(
    "away", "absence", sv="frånvaro", allowed=_may, counts="act", real=True,
    keys={"until": ("till",)},
)  # fmt: skip
async def away(
    ask: Ask,
    whose: Annotated[Whose, Reader(read_whose, finds=True, parts=FIELDS)],
    *,
    until: Annotated[Typed | None, Reader(read_as_said)] = None,
) -> list[Answer]:
    """Take somebody out of a function from then until then (R1); with "no", take that back.

    A line with the reason is not kept, as none is where somebody cannot come to a meeting.
    """
    wanted = ending(whose, until, ask)
    if wanted.no:
        return await withdrawn(ask, wanted, ABSENCES)
    if wanted.at is None and wanted.until is None:
        raise Refusal("missing_argument", expected="time")
    return await absent(ask, wanted)
