"""The green button: ask for cooperation, from anywhere (R8)."""

from __future__ import annotations

from bot.asking import Ask, Rest, command
from bot.domain.answer import Answer
from bot.procedures.requesting import asker, no_function, question, request


def _may(ask: Ask) -> bool:
    return bool(ask.holdings)


@command("cooperate", sv="samverka", allowed=_may)
async def cooperate(ask: Ask, text: Rest | None = None) -> list[Answer]:
    """Ask for cooperation; without a word of what has happened that is all that is asked back.

    It is never refused to who holds a function (R8), not even to a device that nobody has vouched
    for: an alarm too many costs a question, one too few may cost more.
    """
    held = asker(ask)
    if held is None:
        raise await no_function(ask)
    if not text:
        return [await question(ask)]
    return await request(ask, held, str(text))
