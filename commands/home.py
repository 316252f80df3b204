"""What has reached home, and where."""

from __future__ import annotations

import re
from typing import Annotated, Any

from bot.asking import Ask, command
from bot.asking.arguments import Reader, id_reader, read_only_forum
from bot.asking.words import Words
from bot.domain.answer import Refusal, Reply
from bot.domain.authority import acting_as
from bot.domain.homecoming import lacking, progress, summary
from bot.domain.model import CarryBack, Meeting
from bot.domain.region import Forum
from bot.procedures.leading import meeting_of
from bot.store import carrybacks, meetings

_MEETING = re.compile(r"^M-", re.IGNORECASE)
_meeting_id = id_reader("M", "meeting")


def read_which(words: Words, ask: Ask) -> str:
    """Read a meeting's id or a forum's code."""
    if _MEETING.match(words.peek() or ""):
        found: str = _meeting_id.read(words, ask)
        return found
    return read_only_forum(words, ask)


Which = Annotated[str, Reader(read_which)]


@command("home", sv="hemma")
async def home(ask: Ask, which: Which = "") -> Reply:
    """Show what has reached home, organisation by organisation, after a meeting."""
    meeting = await _meeting(ask, which)
    _refuse_strangers(ask, meeting)
    rows = await carrybacks.of_meeting(ask.session, meeting.id)
    return Reply(
        "carry_back/home",
        {
            "meeting": meeting.id,
            "incident": meeting.incident,
            "forum": meeting.forum,
            "held_at": meeting.starts_at,
            **summary(rows, ask.now),
            "rows": [_row(row) for row in rows],
        },
        subject=f"meeting:{meeting.id}",
    )


async def _meeting(ask: Ask, which: str) -> Meeting:
    """Find the meeting that is named, or the last published of the forum that is."""
    which = which or ask.about_id("meeting") or (ask.forum.code if ask.forum else "")
    if _MEETING.match(which):
        return await meeting_of(ask, which)
    meeting = await (meetings.last_published(ask.session, which) if which else _last_of_own(ask))
    if meeting is None:
        raise Refusal("no_digest", forum=which or None)
    return meeting


async def _last_of_own(ask: Ask) -> Meeting | None:
    """Find the meeting published last in any of the forums they sit in or lead."""
    own = [forum.code for forum in ask.region.forums.values() if _is_inside(ask, forum)]
    found = [await meetings.last_published(ask.session, code) for code in own]
    told = [(each.published_at, each) for each in found if each and each.published_at]
    return max(told, key=lambda pair: pair[0], default=(None, None))[1]


def _refuse_strangers(ask: Ask, meeting: Meeting) -> None:
    forum = ask.region.forum(meeting.forum)
    if ask.forum != forum and not _is_inside(ask, forum):
        raise Refusal("not_member", forum=forum.code)


def _is_inside(ask: Ask, forum: Forum) -> bool:
    """Tell whether they have a seat in the forum, or lead it."""
    inside = (*forum.lead, *(seat.function for seat in forum.seats))
    return acting_as(ask, inside) is not None


def _row(row: CarryBack) -> dict[str, Any]:
    return {
        "id": row.id,
        "organisation": row.organisation,
        "receiver": row.receiver,
        "own_part": row.own_part,
        "home": lacking(row) is None,
        "carrier": row.carrier is not None,
        **progress(row),
    }
