"""Say that one cannot come to a meeting."""

from __future__ import annotations

from bot.asking import Ask, Rest, command
from bot.domain.answer import Answer, Typed
from bot.domain.model import CallState
from bot.procedures.acknowledging import WhichSummons, answer


@command("decline", "prevented", sv=("förhinder", "förhindrad"))
async def decline(
    ask: Ask,
    summons: WhichSummons = "",
    reason: Rest = Typed(""),  # noqa: ARG001, B008 - see below
) -> list[Answer]:
    """Answer a summons: this person cannot; the next in turn is asked at once.

    The reason is not kept: it may be about somebody's health, and nothing depends on it (GDPR).
    """
    return await answer(ask, summons, CallState.PREVENTED)
