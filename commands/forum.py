"""`forum`: what a forum is for, who leads it, when it meets, where it reports, who may call it."""

from __future__ import annotations

from bot.asking import Ask, OnlyForum, command
from bot.domain.answer import Reply
from bot.domain.register import rules
from bot.store import incidents
from bot.store.rhythm import meets_next


@command("forum", sv="forum")
async def forum(ask: Ask, forum: OnlyForum) -> Reply:
    """Tell what the law says of a forum; of this one if none is named."""
    law = ask.region.forum(forum)
    meeting = await meets_next(ask.session, ask.region, law, ask.now)
    starts = meeting.starts if meeting else None
    awake = await incidents.awake_for(ask.session, law, ask.region.practised)
    return Reply("forum", {**rules(ask.region, law, awake), "meets_next": starts})
