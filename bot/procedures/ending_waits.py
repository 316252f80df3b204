"""The chair ends the wait for a message that could not be read."""

from __future__ import annotations

from bot.asking.ask import Ask
from bot.domain.agreements import complete
from bot.domain.answer import Answer, InForum, Refusal, Reply
from bot.domain.model import AgreementState
from bot.procedures.agreements import standing
from bot.procedures.closing import close
from bot.procedures.leading import lead_of
from bot.store import agreements


async def closed_at_once(ask: Ask, id_: str) -> list[Answer]:
    """Close a proposal that only waits for what could not be read; Refusal for any other."""
    agreement = await agreements.by_id(ask.session, id_)
    if agreement is None or agreement.forum not in ask.region.forums:
        raise Refusal("unknown_agreement", id=id_)
    lead_of(ask, ask.region.forum(agreement.forum))
    standing_ = await standing(ask.session, ask.region, agreement, ask.now)
    due = agreement.closes_at <= ask.now or complete(standing_)
    if agreement.state != AgreementState.PROPOSED or not due:
        raise Refusal("not_held_up", id=id_, closes=agreement.closes_at, closed=agreement.closed_at)
    answers = await close(ask.session, ask.region, agreement, ask.now, at_once=True)
    if ask.place == InForum(agreement.forum):
        return answers
    results = [it for it in answers if isinstance(it, Reply) and it.name == "agreement/result"]
    return [*answers, *(Reply(it.name, it.facts) for it in results)]
