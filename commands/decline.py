"""Say that one cannot come to a meeting."""

from __future__ import annotations

from bot.asking import Ask, Rest, Word, command
from bot.domain.answer import Answer, Typed
from bot.domain.model import CallState
from bot.procedures.acknowledging import WhichSummons, answer
from bot.procedures.speaking_for import KEYS, answer_for, spoken


@command("decline", "prevented", sv=("förhinder", "förhindrad"), keys=KEYS, counts="answer")
async def decline(  # noqa: PLR0913 - the last three say for whom somebody speaks
    ask: Ask,
    summons: WhichSummons = "",
    reason: Rest = Typed(""),  # noqa: ARG001, B008 - see below
    *,
    behalf: Word = "",
    by: Word = "",
    readback: Word = "",
) -> list[Answer]:
    """Answer a summons: this person cannot; the next in turn is asked at once.

    The reason is not kept: it may be about somebody's health, and nothing depends on it (GDPR).
    """
    if behalf:
        return await answer_for(ask, summons, CallState.PREVENTED, spoken(behalf, by, readback))
    return await answer(ask, summons, CallState.PREVENTED)
