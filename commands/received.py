"""The carrier has it."""

from __future__ import annotations

from bot.asking import Ask, CarryBackId, command
from bot.domain.answer import Reply
from bot.procedures.carrying import carryback_of, received


@command("received", sv="mottagen", taps={"✅": ["carry_back"]}, where="direct", counts="answer")
async def receive(ask: Ask, carry_back: CarryBackId = "") -> list[Reply]:
    """Say that you have received what you are to carry home; it is not yet carried (R10)."""
    return await received(ask, await carryback_of(ask, carry_back))
