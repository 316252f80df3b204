"""Say that an action is done."""

from __future__ import annotations

from bot.asking import ActionId, Ask, command
from bot.domain.answer import Answer
from bot.domain.model import ActionState
from bot.procedures.actions import ending


@command("done", sv="klar")
async def done(ask: Ask, action: ActionId) -> list[Answer]:
    """End an action that one's own function took on."""
    return await ending(ask, action, ActionState.DONE)
