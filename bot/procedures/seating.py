"""Who sits at a forum's table just now: its own seats, and those whom the event concerns (S19)."""

from __future__ import annotations

from dataclasses import replace

from bot.asking.ask import Ask
from bot.domain.concerned import seat_for
from bot.domain.region import Forum
from bot.store import meetings, summonses


async def at_table(ask: Ask, forum: Forum) -> Forum:
    """Give the forum with those beside its seats who were called to the meeting that is on.

    Before one is open, to the next.
    """
    meeting = await meetings.open_or_next(ask.session, forum.code, ask.now)
    made = await summonses.of_meeting(ask.session, meeting.id) if meeting else None
    if made is None or meeting is None or not meeting.incident or not forum.concerned_mandate:
        return forum
    calls = await summonses.calls(ask.session, made.id)
    known = ask.region.functions.keys() - {seat.function for seat in forum.seats}
    joined = [seat_for(ask.region, forum, it.function) for it in calls if it.function in known]
    return replace(forum, seats=(*forum.seats, *joined))
