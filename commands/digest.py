"""What a forum's last meeting came to."""

from __future__ import annotations

from bot.asking import Ask, OnlyForum, command
from bot.domain.answer import Refusal, Reply
from bot.store import digests, meetings


@command("digest", sv="sammanfattning")
async def digest(ask: Ask, forum: OnlyForum) -> Reply:
    """Show the digest that was published last in a forum, as it was said then."""
    meeting = await meetings.last_published(ask.session, forum)
    told = await digests.kept(ask.session, digests.PUBLISHED, meeting.id) if meeting else None
    if meeting is None or told is None:
        raise Refusal("no_digest", forum=forum)
    return Reply("digest/published", told, subject=f"meeting:{meeting.id}")
