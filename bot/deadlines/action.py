"""What time says about actions: one that is not done is late, and its owner is asked."""

from __future__ import annotations

from bot.asking import Ring, deadline
from bot.domain.answer import Answer, Direct, InForum, Reply
from bot.domain.model import ActionState
from bot.procedures.actions import DUE, facts, shown, subject
from bot.store import actions, holdings, log


@deadline(DUE)
async def due(ring: Ring) -> list[Answer]:
    """Mark it late; tell the owner what to write, and the room once."""
    action = await actions.by_id(ring.session, ring.subject)
    if action is None or action.state != ActionState.TAKEN_ON:
        return []
    action.state = str(ActionState.LATE)
    await log.append(
        ring.session, "action.late", action.id, happened_at=ring.due_at, written_at=ring.now,
        forum=action.forum, function=action.function,
    )  # fmt: skip
    owner = (await holdings.holders(ring.session, action.function, ring.now))[:1]
    asked = [
        Reply(
            "action/overdue", facts(action), to=Direct(each.mxid), mention=(each.mxid,),
            subject=subject(action), call=True,
        )
        for each in owner
    ]  # fmt: skip
    told = Reply("action/late", facts(action), to=InForum(action.forum), subject=subject(action))
    return [shown(action), told, *asked]
