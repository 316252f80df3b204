"""Say that a summons, or a carry-back, has been received."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from bot.asking import Ask, Word, command
from bot.asking.arguments import Reader, id_reader
from bot.asking.words import Words
from bot.domain.answer import Answer, Refusal
from bot.domain.model import CallState
from bot.procedures.acknowledging import answer, read_summons
from bot.procedures.carrying import carryback_of, received
from bot.procedures.speaking_for import KEYS, answer_for, spoken
from bot.procedures.taking_up import taken_up
from bot.procedures.waiting import waits_for

TAPS = dict.fromkeys(("✅", "👍", "✔"), ("summons", "incident"))


_carry_back, _incident = id_reader("AF", "carry_back"), id_reader("H", "incident")


def read_which(words: Words, ask: Ask) -> str:
    """Read the id of a summons, a carry-back or an incident; nothing ("") where there is none."""
    first = (words.peek() or "").upper()
    if first.startswith(("AF-", "H-")):
        found: str = (_carry_back if first.startswith("AF-") else _incident).read(words, ask)
        return found
    return read_summons(words, ask)


Which = Annotated[str, Reader(read_which, finds=True)]


@command(
    "ack",
    "acknowledge",
    sv=("kvittera", "kvitterar", "kvitterat"),
    taps=TAPS,
    keys=KEYS,
    counts="answer",
)
async def ack(
    ask: Ask,
    which: Which = "",
    *,
    behalf: Word = "",
    by: Word = "",
    readback: Word = "",
) -> Sequence[Answer]:
    """Acknowledge a summons: it has been received, which is not yet to attend (R10).

    Likewise a carry-back, which is then received and not yet carried; without an id also the only
    one that waits, if no summons does. A judge says so that a request has come to them.
    """
    if behalf and not which.startswith(("AF-", "H-")):
        return await answer_for(ask, which, CallState.ACKNOWLEDGED, spoken(behalf, by, readback))
    if which.startswith("H-") or (not which and ask.about_id("incident")):
        return await taken_up(ask, which)
    if which.startswith("AF-") or (not which and ask.about_id("carry_back")):
        return await received(ask, await carryback_of(ask, which))
    try:
        return await answer(ask, which, CallState.ACKNOWLEDGED)
    except Refusal as refusal:
        there = await _unread(ask) if refusal.name == "no_summons" else []
        if len(there) != 1:
            raise
        return await received(ask, await carryback_of(ask, there[0]))


async def _unread(ask: Ask) -> list[str]:
    """List the carry-backs that wait for the person to acknowledge them."""
    return [it["id"] for it in await waits_for(ask, "received") if it["kind"] == "receive"]
