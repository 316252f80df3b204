"""Say that a summons has been received."""

from __future__ import annotations

from bot.asking import Ask, command
from bot.asking.acknowledging import WhichSummons, answer
from bot.domain.answer import Answer
from bot.domain.model import CallState

TAPS = dict.fromkeys(("✅", "👍", "✔"), ("summons",))


@command("ack", "acknowledge", sv=("kvittera", "kvitterar", "kvitterat"), taps=TAPS)
async def ack(ask: Ask, summons: WhichSummons = "") -> list[Answer]:
    """Acknowledge a summons: it has been received, which is not yet to attend (R10)."""
    return await answer(ask, summons, CallState.ACKNOWLEDGED)
