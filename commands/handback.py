"""Hand an action back: what was taken on freely can be given up openly."""

from __future__ import annotations

from bot.asking import ActionId, Ask, Rest, command
from bot.domain.answer import Answer
from bot.domain.model import ActionState
from bot.procedures.actions import ending


@command("handback", "giveback", sv="återlämna", counts="answer")
async def handback(ask: Ask, action: ActionId, why: Rest) -> list[Answer]:
    """Give up an action that one's own function took on, with the reason."""
    return await ending(ask, action, ActionState.HANDED_BACK, why)
