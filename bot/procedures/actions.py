"""Actions in words: what commands and deadlines about them share."""

from __future__ import annotations

from typing import Any

from bot.asking.ask import Ask
from bot.domain.answer import Answer, InForum, Refusal, Reply, Typed
from bot.domain.model import Action, ActionState
from bot.store import actions, deadlines, log

DUE = "action.due"


def facts(action: Action) -> dict[str, Any]:
    """Give all that is said of an action, to each of its templates."""
    return {
        "id": action.id,
        "forum": action.forum,
        "incident": action.incident,
        "function": action.function,
        "text": Typed(action.text),
        "due": action.due_at,
        "agreement": action.agreement,
        "state": str(action.state),
        "ended": action.ended_at,
        "note": Typed(action.note),
    }


def subject(action: Action) -> str:
    """Give what messages about it are about."""
    return f"action:{action.id}"


def shown(action: Action) -> Reply:
    """Show the action in its forum: one message, edited in place until it is done."""
    return Reply(
        "action/shown", facts(action), to=InForum(action.forum),
        subject=subject(action), object=subject(action),
    )  # fmt: skip


async def ending(ask: Ask, id_: str, state: ActionState, why: str = "") -> list[Answer]:
    """End an action, by whoever has its owner's function now; Refusal for anybody else."""
    action = await actions.by_id(ask.session, id_)
    if action is None:
        raise Refusal("unknown_action", id=id_)
    if action.function not in ask.functions:
        raise Refusal("not_yours", id=id_, needs=[action.function])
    if action.state not in actions.OPEN:
        raise Refusal("already_ended", **facts(action))
    action.state, action.ended_at, action.note = str(state), ask.now, str(why)
    await deadlines.drop(ask.session, DUE, id_)
    await log.append(
        ask.session, f"action.{state}", id_, happened_at=ask.now, written_at=ask.now,
        forum=action.forum, function=action.function, mxid=ask.mxid,
        facts={"why": str(why), "proof": ask.origin},
    )  # fmt: skip
    told = Reply("action/ended", facts(action), to=InForum(action.forum), subject=subject(action))
    elsewhere = ask.place != InForum(action.forum)
    noted = Reply("action/noted", facts(action), subject=subject(action))
    return [shown(action), told, noted] if elsewhere else [shown(action), told]
