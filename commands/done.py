"""Say that an action is done."""

from __future__ import annotations

from typing import Annotated

from bot.asking import ActionId, Ask, command
from bot.asking.arguments import Reader
from bot.asking.words import Words
from bot.domain.answer import Answer, Refusal
from bot.domain.model import ActionState
from bot.procedures.actions import ending
from bot.procedures.waiting import waits

_ID: Reader = ActionId.__metadata__[0]  # type: ignore[attr-defined]


def _read(words: Words, ask: Ask) -> str:
    """Read an action's id; nothing ("") where none is said and none was answered to."""
    found: str = _ID.read(words, ask) if words.peek() or ask.about else ""
    return found


@command("done", sv="klar", counts="answer")
async def done(ask: Ask, action: Annotated[str, Reader(_read, finds=True)]) -> list[Answer]:
    """End an action that one's own function took on; the only one, if it is not said which."""
    return await ending(ask, action or await _only_one(ask), ActionState.DONE)


async def _only_one(ask: Ask) -> str:
    """Give the only open action that is theirs here; Refusal if it is not plain which."""
    there = [it for it in await waits(ask) if it["kind"] == "action"]
    if len(there) != 1:
        raise Refusal("missing_id", kind="action", letters="AT", word=None)
    found: str = there[0]["id"]
    return found
