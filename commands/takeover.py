"""Take a function over from the one who goes."""

from __future__ import annotations

from typing import Annotated

from bot.asking import Ask, command
from bot.asking.arguments import Reader, id_reader
from bot.asking.words import Words
from bot.domain.answer import Answer
from bot.procedures.taking_over import taken_over

_ID = id_reader("AV", "relief")


def _read(words: Words, ask: Ask) -> str:
    """Read a handover's id, or that of the answered message; "" for all that are theirs."""
    found: str = _ID.read(words, ask) if words.peek() or ask.about_id("relief") else ""
    return found


@command(
    "takeover", sv=("övertar", "överta"), taps=dict.fromkeys(("✅", "👍", "✔"), ("relief",)),
    counts="answer", real=True,
)  # fmt: skip
async def takeover(ask: Ask, which: Annotated[str, Reader(_read, finds=True)] = "") -> list[Answer]:
    """Say that one has taken a function over, having read what is owed (R1)."""
    return await taken_over(ask, which)
