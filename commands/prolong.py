"""Let a temporary forum go on for longer (R23)."""

from __future__ import annotations

from bot.asking import Ask, Day, ForumCode, command
from bot.domain.answer import Reply
from bot.procedures.temporary import may_decide, prolonged


@command("prolong", sv="förläng", allowed=may_decide, counts="act")
async def prolong(ask: Ask, forum: ForumCode, ends: Day) -> list[Reply]:
    """Move a temporary forum's last day."""
    return await prolonged(ask, ask.region.forum(forum), ends)
