"""A digit alone, in a direct room, answers the one question that waits there."""

from __future__ import annotations

from dataclasses import replace

from bot.asking import Ask
from bot.domain.answer import Refusal, Typed
from bot.domain.incoming import Event, Said
from bot.procedures.waiting import judgements, proposals, waiting

DIGITS = frozenset("1234")
"""The digits that judge a request; more than these answer a proposal."""


async def about_the_one(ask: Ask, event: Event) -> Ask:
    """Take a lone digit for an answer to the only request that waits to be judged.

    With several, or a proposal that could be meant too, Refusal: a digit must not fall on
    something that the person did not mean.
    """
    if not isinstance(event, Said) or not ask.direct or event.chosen is not None:
        return ask
    digit = event.body.strip().lstrip("!/").strip()
    if digit not in DIGITS or event.reply_to or ask.unsaid:
        return ask
    asking = await judgements(ask)
    if not asking:
        return ask
    open_ = [
        waiting("agreement", each.id, each.forum, text=Typed(each.text), until=each.closes_at)
        for each in await proposals(ask)
    ]
    if len(asking) == 1 and not open_:
        return replace(ask, about=f"incident:{asking[0]['id']}", answered=True)
    raise Refusal("which_question", digit=digit, questions=[*asking, *open_])
