"""It has been handed over at home."""

from __future__ import annotations

from bot.asking import Ask, CarryBackId, FunctionCode, Rest, Word, command
from bot.domain.answer import Refusal, Reply, Typed
from bot.domain.model import CarryBack
from bot.domain.spoken import HOW, YES
from bot.procedures.carrying import carryback_of, handed_over, sent_home

NOTHING = Typed("")


@command(
    "carried",
    sv="återförd",
    keys={"by": ("per",), "to": ("till",), "readback": ("motläst",)},
    counts="answer",
    where="direct",
)
async def carried(
    ask: Ask,
    carry_back: CarryBackId = "",
    *,
    by: Rest = NOTHING,
    to: FunctionCode = "",
    readback: Word = "",
) -> list[Reply]:
    """Record how a part was handed over at home, or let the bot hand it to the receiver."""
    row = await carryback_of(ask, carry_back)
    if to:
        _to_another(ask, row, to)
    if not by:
        return await sent_home(ask, row)
    how = HOW.get(by.split()[0].casefold(), str(by))
    return await handed_over(ask, row, how, read_back=readback.casefold() in YES)


def _to_another(ask: Ask, row: CarryBack, to: str) -> None:
    """Let another function at home receive it; Refusal if it is not of that organisation."""
    if ask.region.home_of(to).code != row.organisation:
        raise Refusal("not_at_home", id=row.id, function=to, organisation=row.organisation)
    row.receiver = to
