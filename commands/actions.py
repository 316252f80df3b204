"""List what is still to be done."""

from __future__ import annotations

from bot.asking import Ask, OnlyForum, command
from bot.domain.answer import Reply
from bot.procedures.actions import facts
from bot.store import actions


@command("actions", sv="åtgärder")
async def actions_(ask: Ask, forum: OnlyForum) -> Reply:
    """List a forum's open actions, the first due first."""
    found = await actions.open_in(ask.session, forum)
    return Reply("action/list", {"forum": forum, "actions": [facts(each) for each in found]})
