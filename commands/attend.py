"""Say that one comes to a meeting."""

from __future__ import annotations

from bot.asking import Ask, Word, command
from bot.domain.answer import Answer
from bot.domain.model import CallState
from bot.procedures.acknowledging import ComingAt, WhichSummons, answer
from bot.procedures.speaking_for import KEYS, answer_for, spoken


@command("attend", "attending", sv=("deltar", "delta", "kommer"), keys=KEYS, counts="answer")
async def attend(  # noqa: PLR0913 - the last three say for whom somebody speaks
    ask: Ask,
    summons: WhichSummons = "",
    at: ComingAt = None,
    *,
    behalf: Word = "",
    by: Word = "",
    readback: Word = "",
) -> list[Answer]:
    """Answer a summons: the seat's function attends, by whoever says so, from when on (R10)."""
    if behalf:
        return await answer_for(ask, summons, CallState.ATTENDING, spoken(behalf, by, readback))
    return await answer(ask, summons, CallState.ATTENDING, at)
