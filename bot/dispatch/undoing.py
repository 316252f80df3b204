"""What somebody undoes: an answer taken back, a form closed that was not theirs to close."""

from __future__ import annotations

from bot.asking import Ask
from bot.domain.answer import Answer
from bot.domain.incoming import PollEnded, TakenBack
from bot.procedures import forms
from bot.procedures.taking_back import taken_back

Undoes = PollEnded | TakenBack


async def undone(event: Undoes, ask: Ask) -> list[Answer]:
    """Give what is to be said because of it."""
    match event:
        case TakenBack(target=target):
            return await taken_back(ask, target)
        case PollEnded():
            return await forms.gone(ask)
