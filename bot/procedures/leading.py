"""Who leads here, and which meeting they mean when they do not say."""

from __future__ import annotations

from bot.asking.ask import Ask
from bot.domain.answer import Refusal
from bot.domain.authority import acting_as, leads
from bot.domain.model import Holding, Meeting, MeetingState
from bot.domain.region import Forum
from bot.store import meetings


def may_lead(ask: Ask) -> bool:
    """Tell whether they lead the forum here, or in a room of no forum any forum at all."""
    if ask.forum:
        return leads(ask, ask.forum)
    return any(leads(ask, forum) for forum in ask.region.forums.values())


def lead_of(ask: Ask, forum: Forum) -> Holding:
    """Give the holding by which they lead the forum; Refusal if they do not."""
    held = acting_as(ask, forum.lead)
    if held is None:
        raise Refusal("not_leading", forum=forum.code, needs=list(forum.lead))
    return held


async def meeting_of(ask: Ask, meeting_id: str) -> Meeting:
    """Find the meeting with that id; Refusal if there is none."""
    meeting = await meetings.by_id(ask.session, meeting_id)
    if meeting is None or meeting.forum not in ask.region.forums:
        raise Refusal("unknown_meeting", id=meeting_id)
    return meeting


async def meeting_meant(ask: Ask, state: MeetingState, kind: str) -> Meeting:
    """Find the one meeting in that state that they can mean: the answered message's, or here.

    `kind` is the kind of subject that names one. Refusal if there is none, or are several.
    """
    about = ask.about_id(kind) or ask.about_id("meeting")
    if about:
        return await meeting_of(ask, about)
    led = [forum for forum in ask.region.forums.values() if leads(ask, forum)]
    found: list[Meeting] = []
    for forum in [ask.forum] if ask.forum else led:
        found += await meetings.in_state(ask.session, forum.code, state)
    if not found:
        raise Refusal("no_meeting", state=str(state), forum=ask.forum.code if ask.forum else None)
    if len(found) > 1:
        raise Refusal("which_meeting", meetings=[[each.id, each.forum] for each in found])
    return found[0]
