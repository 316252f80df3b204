"""The form beside a proposal is only a form: a person who closes it closes nothing (MSC3381)."""

from __future__ import annotations

from bot.asking.ask import Ask
from bot.domain.answer import Answer, InForum, Reply
from bot.domain.model import AgreementState
from bot.procedures.agreements import listed, standing, subject
from bot.store import agreements, log

GONE = "agreement.form_gone"


async def gone(ask: Ask) -> list[Answer]:
    """Say, once, that the proposal is still open and how to answer it in words."""
    id_ = ask.about_id("agreement")
    agreement = await agreements.by_id(ask.session, id_) if id_ else None
    if agreement is None or agreement.state != AgreementState.PROPOSED:
        return []
    if await log.has(ask.session, GONE, agreement.id):
        return []
    await log.append(
        ask.session, GONE, agreement.id, happened_at=ask.now, written_at=ask.now,
        forum=agreement.forum, mxid=ask.mxid,
    )  # fmt: skip
    standing_ = await standing(ask.session, ask.region, agreement, ask.now)
    silent = listed(ask.region, agreement, standing_)["silent"]
    told = {"id": agreement.id, "closes": agreement.closes_at, "silent": silent}
    to = InForum(agreement.forum)
    return [Reply("agreement/form_gone", told, to=to, subject=subject(agreement))]
