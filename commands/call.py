"""Call more functions to a meeting: those whose mandate it needs, and who have no seat there."""

from __future__ import annotations

from bot.asking import Ask, Rest, command
from bot.asking.arguments import read_function
from bot.asking.words import Words
from bot.domain import authority
from bot.domain.answer import Answer, InForum, Refusal, Reply
from bot.domain.model import Meeting
from bot.domain.region import Mandate, Seat
from bot.procedures.conferring import conference_of
from bot.procedures.roll import Roll, read, roster_now
from bot.procedures.summoning import call_more
from bot.store import meetings, summonses


def may(ask: Ask) -> bool:
    """Allow those who may call a forum, or lead one."""
    forums = ask.region.forums.values()
    return authority.may_convene_any(ask, ask.region) or any(
        authority.leads(ask, forum) for forum in forums
    )


@command("call", sv="tillkalla", allowed=may, counts="act")
async def call(ask: Ask, functions: Rest) -> list[Answer]:
    """Call functions without a seat to the meeting that is on or comes next; they only inform."""
    wanted = _functions(ask, functions)
    roll = await _roll(ask)
    if authority.acting_as(ask, (*roll.forum.lead, *roll.forum.may_convene)) is None:
        raise Refusal("not_leading", forum=roll.forum.code, needs=list(roll.forum.lead))
    there = {each.call.function for each in roll.seats}
    new = [code for code in wanted if code not in there]
    seats = [_seat(ask, code) for code in new]
    facts = {
        "id": roll.summons.id, "forum": roll.forum.code, "starts": roll.meeting.starts_at,
        "functions": new, "already": [code for code in wanted if code in there],
    }  # fmt: skip
    said = Reply("summons/also", facts, subject=f"summons:{roll.summons.id}")
    room = InForum(roll.forum.code)
    elsewhere = new and ask.place != room
    told = [Reply("summons/also", facts, to=room, subject=said.subject)] if elsewhere else []
    return [said, *told, *(await call_more(ask, roll, seats) if seats else [])]


def _functions(ask: Ask, said: str) -> list[str]:
    words = Words.of(said.replace(",", " ").replace(";", " "), {})
    found: dict[str, None] = {}
    while words.peek() is not None:
        found[read_function(words, ask)] = None
    return list(found)


def _seat(ask: Ask, function: str) -> Seat:
    """Give a place that may only inform: a mandate comes from the law, not from being called."""
    home = ask.region.home_of(function).code
    return Seat(function, (home,), Mandate(frozenset()), required=False, coopted=True)


async def _roll(ask: Ask) -> Roll:
    """Find the call they mean: the answered one's, or that of this room's or the conference's."""
    made = await summonses.by_id(ask.session, ask.about_id("summons") or "")
    if made is None:
        meeting = await _meeting(ask)
        made = await summonses.of_meeting(ask.session, meeting.id) if meeting else None
    roll = await read(ask, made, await roster_now(ask)) if made else None
    if roll is None or roll.over:
        raise Refusal("no_meeting", state="open", forum=ask.forum.code if ask.forum else None)
    return roll


async def _meeting(ask: Ask) -> Meeting | None:
    forum = ask.forum or conference_of(ask.region)
    return await meetings.open_or_next(ask.session, forum.code, ask.now) if forum else None
