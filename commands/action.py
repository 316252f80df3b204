"""Take an action on. Nobody is given one: who says it, owns it."""

from __future__ import annotations

import re
from typing import Annotated

from bot.asking import Ask, LocalTime, Rest, command
from bot.asking.arguments import Reader, forums, read_forum
from bot.asking.words import Words
from bot.domain.answer import Answer, InForum, Refusal, Reply
from bot.domain.calendar import local
from bot.domain.exercises import spoken
from bot.domain.model import Action
from bot.domain.region import Forum
from bot.domain.seats import seats_in
from bot.procedures.actions import DUE, facts, shown, subject
from bot.procedures.seating import at_table
from bot.store import actions, agreements, counters, deadlines, incidents, log, meetings

_REFERENCE = re.compile(r"^(?:OV|BE)-(?:\d{4}-)?\d+$", re.IGNORECASE)


def _read_reference(words: Words, ask: Ask) -> str | None:
    """Take the id of the agreement or the need it answers to, if it comes first."""
    word = words.peek() or ""
    if not _REFERENCE.match(word):
        return ask.about_id("agreement")
    words.take()
    letters, *year, number = word.upper().split("-")
    when = year[0] if year else str(local(ask.region, ask.now).year)
    return f"{letters}-{when}-{int(number):03d}"


def _read_forum(words: Words, ask: Ask) -> str | None:
    """Take a forum's code, if it comes next."""
    codes = spoken(ask.region, ask.region.forums)
    code = codes.get((words.peek() or "").casefold())
    if code:
        words.take()
    return code


def _forums(ask: Ask) -> list[str]:
    """List the forums in which the person may take something on."""
    return [
        forum.code
        for forum in ask.region.forums.values()
        if any(seat.function in ask.functions for seat in seats_in(ask.region, forum))
    ]


def _may(ask: Ask) -> bool:
    return ask.forum.code in _forums(ask) if ask.forum else bool(_forums(ask))


@command(
    "action", sv="åtgärd", allowed=_may, keys={"due": ("senast", "klar", "by")},
    needed=["due"], counts="act",
)  # fmt: skip
async def action(
    ask: Ask,
    reference: Annotated[str | None, Reader(_read_reference, finds=True)],
    forum: Annotated[str | None, Reader(_read_forum, forums, finds=True)],
    text: Rest,
    *,
    due: LocalTime | None = None,
) -> list[Answer]:
    """Take an action on for one's own organisation, with a time by which it is done."""
    forum = await _forum(ask, reference, forum)
    function = _owner(ask, await at_table(ask, ask.region.forum(forum)))
    if due is None:
        raise Refusal("due_missing", reference=reference, forum=forum, text=text)
    if due <= ask.now:
        raise Refusal("past_time", key="due", time=due)
    meeting = await meetings.open_in(ask.session, forum)
    taken = Action(
        id=await counters.next_id(ask.session, "AT", local(ask.region, ask.now).year),
        forum=forum, meeting=meeting.id if meeting else None, agreement=reference,
        text=str(text), function=function, mxid=ask.mxid, taken_on_at=ask.now, due_at=due,
        incident=await incidents.of_meeting(ask.session, ask.region, forum, meeting),
    )  # fmt: skip
    await actions.add(ask.session, taken)
    await deadlines.set_(ask.session, DUE, taken.id, due)
    await log.append(
        ask.session, "action.taken_on", taken.id, happened_at=ask.now, written_at=ask.now,
        forum=forum, function=function, mxid=ask.mxid,
        facts={
            "text": str(text), "due": due.isoformat(), "reference": reference,
            "proof": ask.origin,
        },
    )  # fmt: skip
    elsewhere = ask.place != InForum(forum)
    noted = Reply("action/noted", facts(taken), subject=subject(taken))
    return [shown(taken), noted] if elsewhere else [shown(taken)]


async def _forum(ask: Ask, reference: str | None, forum: str | None) -> str:
    """Find the forum: the one that was said, the agreement's, or the one of the room."""
    if reference and reference.startswith("OV-"):
        agreement = await agreements.by_id(ask.session, reference)
        if agreement is None:
            raise Refusal("unknown_agreement", id=reference)
        return forum or agreement.forum
    return forum or read_forum(Words.of("", {}), ask)


def _owner(ask: Ask, forum: Forum) -> str:
    """Find the seat the person takes it on for: the one they hold first."""
    seats = {seat.function for seat in seats_in(ask.region, forum)}
    held = [each for each in ask.holdings if each.function in seats]
    if not held:
        raise Refusal("no_seat_here", forum=forum.code, forums=_forums(ask))
    return min(held, key=lambda each: each.rank).function
