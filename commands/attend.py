"""Say that one comes to a meeting."""

from __future__ import annotations

from bot.asking import Ask, command
from bot.domain.answer import Answer
from bot.domain.model import CallState
from bot.procedures.acknowledging import WhichSummons, answer


@command("attend", "attending", sv=("deltar", "delta", "kommer"))
async def attend(ask: Ask, summons: WhichSummons = "") -> list[Answer]:
    """Answer a summons: the seat's function attends, by whoever says so (R10)."""
    return await answer(ask, summons, CallState.ATTENDING)
