"""It has come home."""

from __future__ import annotations

from bot.asking import Ask, CarryBackId, command
from bot.domain.answer import Reply
from bot.procedures.carrying import carryback_of, confirmed


@command("confirm", sv="bekräfta", taps={"✅": ["receipt"]}, where="direct", counts="answer")
async def confirm(ask: Ask, carry_back: CarryBackId = "") -> list[Reply]:
    """Confirm, as the one who receives at home, that it has reached you."""
    return await confirmed(ask, await carryback_of(ask, carry_back))
