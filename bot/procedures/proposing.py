"""How a proposal begins: its times from the law, the seats it concerns, those who are called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.asking.ask import Ask
from bot.domain.answer import Answer, Ballot, Direct, InForum, Refusal, Reply, Typed
from bot.domain.calendar import NeverFalls, local, next_occurrence
from bot.domain.limits import due
from bot.domain.model import Agreement, Choice
from bot.domain.region import Forum, Mode
from bot.domain.seats import called, with_position
from bot.procedures.agreements import facts, mode_of, shown, standing, subject
from bot.store import counters, holdings, incidents, meetings, rooms

BALLOT = Ballot("agreement/question", tuple((str(c), f"choice/{c}") for c in Choice))


async def begin(
    ask: Ask, forum: Forum, closes: datetime | None, review: datetime | None
) -> Agreement:
    """Begin an agreement: its id, its meeting and its times, the law's where none are given."""
    meeting = await meetings.open_in(ask.session, forum.code)
    mode = mode_of(forum, meeting)
    limits = ask.region.limits[mode]
    if review is None:
        next_meeting = await _next(ask, forum, mode)
        review = due(limits["review"], ask.now, ask.region, next_meeting=next_meeting)
    return Agreement(
        id=await counters.next_id(ask.session, "OV", local(ask.region, ask.now).year),
        forum=forum.code, meeting=meeting.id if meeting else None, kind="", text="", why="",
        proposed_by=ask.mxid, proposed_as="", proposed_at=ask.now, review_at=review,
        closes_at=closes or due(limits["position"], ask.now, ask.region, next_meeting=None),
        incident=await incidents.of_meeting(ask.session, ask.region, forum.code, meeting),
    )  # fmt: skip


async def _next(ask: Ask, forum: Forum, mode: Mode) -> datetime | None:
    """Tell when the forum meets next: what is called, or else what its cadence gives."""
    meeting = await meetings.next_in(ask.session, forum.code, ask.now)
    if meeting is not None and meeting.starts_at > ask.now:
        return meeting.starts_at
    cadence = forum.cadence.get(mode)
    try:
        return next_occurrence(ask.region, cadence, ask.now).starts if cadence else None
    except NeverFalls:
        return None


def concerned(ask: Ask, forum: Forum, to: Typed | None) -> list[str]:
    """List the functions that are asked; without a word about it, all that take positions."""
    if to is None:
        return [seat.function for seat in with_position(ask.region, forum)]
    asked: dict[str, None] = {}
    unknown: list[Typed] = []
    for word in filter(None, (part.strip() for part in to.split(","))):
        found = called(ask.region, forum, word)
        asked |= dict.fromkeys(found)
        unknown += [] if found else [Typed(word)]
    if unknown or not asked:
        raise Refusal("no_such_seat", forum=forum.code, words=unknown)
    return list(asked)


async def put(ask: Ask, agreement: Agreement, functions: Sequence[str]) -> list[Answer]:
    """Ask in the forum, with a form; directly whoever is not in its room; and tell the proposer."""
    standing_ = await standing(ask.session, ask.region, agreement, ask.now)
    asked = shown(ask.region, agreement, standing_)
    holders = await _holders(ask, functions)
    answers: list[Answer] = [replace(asked, mention=holders, call=True, ballot=BALLOT)]
    if ask.place != InForum(agreement.forum):
        told = facts(ask.region, agreement, standing_)
        answers.append(Reply("agreement/put", told, subject=subject(agreement)))
    inside = await _inside(ask, agreement.forum)
    answers += [
        Reply(
            asked.name, asked.facts, to=Direct(mxid), mention=(mxid,), subject=subject(agreement),
            call=True,
        )
        for mxid in holders
        if mxid not in inside
    ]  # fmt: skip
    return answers


async def _holders(ask: Ask, functions: Sequence[str]) -> tuple[str, ...]:
    """Give who comes first in each function now, each person once."""
    found: dict[str, None] = {}
    for function in functions:
        first = (await holdings.holders(ask.session, function, ask.now))[:1]
        found |= dict.fromkeys(each.mxid for each in first)
    return tuple(found)


async def _inside(ask: Ask, forum: str) -> set[str]:
    room = await rooms.by_key(ask.session, f"forum:{forum}")
    return await rooms.joined(ask.session, room.room_id) if room else set()
