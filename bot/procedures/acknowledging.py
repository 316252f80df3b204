"""Answers to a summons: received, coming, not coming. Three commands, one way of recording."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Annotated

from bot.asking.arguments import AN_ID, Reader, SummonsId
from bot.asking.ask import Ask
from bot.asking.times import read_time
from bot.asking.words import Words
from bot.domain.answer import Answer, Direct, Facts, Refusal, Reply, Typed
from bot.domain.calling import SeatCall, answers_for
from bot.domain.model import CallState
from bot.procedures.roll import Roll, Turns, note, read, roster_now, status, write
from bot.procedures.turns import asked_again, asks, needed_again
from bot.procedures.ways import also
from bot.store import answered, deadlines, log, summonses

_ID: Reader = SummonsId.__metadata__[0]  # type: ignore[attr-defined]


def read_summons(words: Words, ask: Ask) -> str:
    """Read a summons' id; nothing ("") where the words do not begin with an id.

    Refusal where they begin with the id of something else.
    """
    word = words.peek() or ""
    if not AN_ID.match(word):
        return ""
    if not word.upper().startswith("KA-"):
        raise _something_else(word.upper())
    found: str = _ID.read(words, ask)
    return found


_A_TIME = re.compile(r"^(kl\.?|at|\+?\d|nu$|now$|i?dag$|i$|imor|today|tomorrow)")

LONGEST_OVER = timedelta(hours=12)
"""How long after its end a meeting may still be worth coming to."""

WhichSummons = Annotated[str, Reader(read_summons)]


def _something_else(id_: str) -> Refusal:
    """Refuse what is no summons; a carry-back is received by a word of its own."""
    if id_.startswith("AF-"):
        return Refusal("not_a_summons", id=id_)
    return Refusal("missing_id", kind="summons", letters="KA", word=Typed(id_))


def read_coming(words: Words, ask: Ask) -> datetime | None:
    """Read when somebody comes: "16.50", "kl. 16.50", "+20m"; None where that is no time."""
    word = (words.peek() or "").casefold()
    return read_time(words, ask) if _A_TIME.match(word) else None


ComingAt = Annotated[datetime | None, Reader(read_coming)]


async def answer(
    ask: Ask, summons: str, state: CallState, coming_at: datetime | None = None
) -> list[Answer]:
    """Record what a person answers, for all the seats that are theirs in it (R25).

    `coming_at` is when they come, if that is after the meeting's start.
    Refusal where it is unclear which summons, where it is not theirs, or where it is over.
    """
    roll = await which_roll(ask, summons)
    if roll.over:
        raise roll.too_late
    no = state is CallState.PREVENTED
    theirs = answers_for(roll.seats, ask.mxid, lambda code: code in ask.functions, no=no)
    if not theirs:
        return _not_called(ask, roll)
    theirs = [each for each in theirs if not await _answered_since(ask, each)]
    if not theirs:
        return [await _overtaken(ask, roll, state)]
    coming_at = _later(roll, coming_at)
    before = {id(each): each.call.answered_by for each in theirs}
    reached = [each for each in theirs if each.reached]
    asked = await _record(ask, roll, theirs, state, coming_at)
    said = _said(ask, roll, theirs, state)
    changed = [each for each in theirs if each.call.answered_by != before[id(each)]]
    again = asked_again(roll, changed, ask.mxid)
    needed = needed_again(roll, [it for it in reached if not it.reached], asked, ask.mxid)
    others = await also(ask, roll, asked)
    turns = [*asks(ask.region, roll, asked), *others, *again, *needed]
    return [*turns, status(ask.region, roll), *said]


async def _answered_since(ask: Ask, each: SeatCall) -> bool:
    """Tell whether they have answered for the seat after this, which was read or believed late."""
    if ask.heard_at is None:
        return False
    return await answered.since(ask.session, f"call:{each.call.id}", ask.mxid, ask.came_at)


async def _overtaken(ask: Ask, roll: Roll, state: CallState) -> Reply:
    """Keep what has been answered anew since, and say that the later answer counts."""
    facts = {"id": roll.summons.id, "state": str(state)}
    await log.append(
        ask.session, "call.overtaken", roll.summons.id, happened_at=ask.came_at,
        written_at=ask.now, forum=roll.forum.code, mxid=ask.mxid,
        facts=facts | {"proof": ask.origin},
    )  # fmt: skip
    return Reply("summons/overtaken", facts | {"heard": ask.heard_at}, to=Direct(ask.mxid))


def _later(roll: Roll, at: datetime | None) -> datetime | None:
    """Give when somebody comes if that is later than the start; Refusal if nobody will be there."""
    if at is None or at <= roll.meeting.starts_at:
        return None
    if at >= roll.meeting.ends_at + LONGEST_OVER:
        raise Refusal("coming_too_late", id=roll.summons.id, at=at, ends=roll.meeting.ends_at)
    return at


async def _record(
    ask: Ask, roll: Roll, theirs: list[SeatCall], state: CallState, coming_at: datetime | None
) -> Turns:
    turns: Turns = []
    for each in theirs:
        link = each.link_of(ask.mxid)
        assert link is not None  # noqa: S101 - theirs are those that they have a link in
        following = each.answer(link, state, ask.now)
        if each.call.answered_by == ask.mxid and state is CallState.ATTENDING:
            each.call.coming_at = coming_at
        if following:
            turns.append((each, following))
        own = next(step for step in each.steps if step.mxid == ask.mxid)
        await note(ask, roll, f"call.{state}", each, own)
        about = f"call:{each.call.id}"
        await answered.note(ask.session, ask.event_id, ask.mxid, about, str(state), ask.came_at)
    turns += [(each, step) for each in roll.seats if (step := each.resume(ask.now))]
    await write(ask, roll)
    await deadlines.set_(ask.session, "member.wanted", roll.forum.code, ask.now)
    return turns


def _said(ask: Ask, roll: Roll, theirs: list[SeatCall], state: CallState) -> list[Answer]:
    """Confirm in words what was answered in words; a tap only where it says more than the status.

    The status message confirms an ordinary tap.
    """
    seats = [_seat(ask, each, state) for each in theirs]
    if ask.tapped and len(seats) == 1 and seats[0]["counts"]:
        return []
    facts = {"id": roll.summons.id, "state": str(state), "seats": seats}
    return [Reply("summons/noted", facts, to=Direct(ask.mxid) if ask.tapped else None)]


def _seat(ask: Ask, each: SeatCall, state: CallState) -> Facts:
    """Say as what they answered for a seat; `counts` unless another's answer stands before it."""
    link = each.link_of(ask.mxid)
    assert link is not None  # noqa: S101 - they have just answered
    prevented = state is CallState.PREVENTED
    current = each.asking
    return {
        "function": each.seat.function,
        "as_function": link.function,
        "rank": link.rank,
        "counts": not each.reached if prevented else each.call.answered_by == ask.mxid,
        "by_function": each.call.answered_as,
        "by_rank": each.call.rank,
        "coming_at": None if prevented else each.call.coming_at,
        "next": {"function": current.function, "rank": current.rank} if current else None,
    }


def _not_called(ask: Ask, roll: Roll) -> list[Answer]:
    """Tell somebody who is not called so: a stray tap quietly, a word where it was said."""
    facts = {"id": roll.summons.id, "forum": roll.forum.code}
    if ask.tapped:
        return [Reply("summons/not_called", facts, to=Direct(ask.mxid))]
    raise Refusal("not_called", **facts)


async def which_roll(ask: Ask, summons: str) -> Roll:
    """Find the summons that is meant; Refusal if there is none, or it is not said which."""
    roster = await roster_now(ask)
    summons = summons or await _about(ask)
    if summons:
        named = await summonses.by_id(ask.session, summons)
        roll = await read(ask, named, roster) if named else None
        if roll is None:
            raise Refusal("unknown_summons", id=summons)
        return roll
    found = await _waiting(ask, [
        roll
        for made in await summonses.running(ask.session)
        if (roll := await read(ask, made, roster))
    ])  # fmt: skip
    if len(found) == 1:
        return found[0]
    open_ = [
        {"id": roll.summons.id, "forum": roll.forum.code, "starts": roll.meeting.starts_at}
        for roll in found
    ]
    raise Refusal("which_summons" if found else "no_summons", **({"open": open_} if found else {}))


async def _about(ask: Ask) -> str:
    """Give the summons that the answered message is about, or whose meeting it is; "" for none."""
    meeting = ask.about_id("meeting")
    made = await summonses.of_meeting(ask.session, meeting) if meeting else None
    found = ask.about_id("summons") or (made.id if made else "")
    if ask.about and not found:
        raise _something_else(ask.about.partition(":")[2])
    return found


async def _waiting(ask: Ask, rolls: list[Roll]) -> list[Roll]:
    """Choose what a person's bare answer may be about: what waits for it, else what they are in.

    In a forum's room only that forum's, if there is any.
    """
    waits = [roll for roll in rolls if any(_waits(each, ask.mxid) for each in roll.seats)]
    theirs = [roll for roll in rolls if any(each.link_of(ask.mxid) for each in roll.seats)]
    among = waits or theirs
    here = [roll for roll in among if ask.forum and roll.forum.code == ask.forum.code]
    return here or among


def _waits(each: SeatCall, mxid: str) -> bool:
    return each.was_asked(mxid) and not each.reached
