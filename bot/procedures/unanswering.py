"""An answer to a summons taken back: the seat is as if it had not been given (R4, R10)."""

from __future__ import annotations

from typing import Any

from bot.asking.ask import Ask
from bot.domain.answer import Answer, Direct, InForum, Reply
from bot.domain.calling import SeatCall
from bot.domain.model import Answered, CallState, CallStep
from bot.procedures.roll import Roll, note, read, roster_now, status, write
from bot.procedures.turns import asked_again, asks, needed_again
from bot.procedures.ways import also
from bot.store import answered, deadlines, summonses


async def removed(ask: Ask, rows: list[Answered]) -> list[Answer]:
    """Deal with it that the message or reaction that answered a summons was removed.

    A moderator takes no answer back; nor does anybody once the meeting is over.
    """
    roll = await _roll(ask, rows[0])
    if roll is None:
        return []
    wanted = {row.about: row for row in rows}
    seats = [each for each in roll.seats if f"call:{each.call.id}" in wanted]
    facts = {"id": roll.summons.id}
    if ask.mxid != rows[0].mxid:
        return [] if roll.over else _hidden(roll, seats, facts, rows[0].mxid)
    if roll.over:
        return [Reply("summons/stands", facts, to=Direct(ask.mxid))]
    reached = [each for each in seats if each.reached]
    turns = [turn for each in seats if (turn := await _take_back(ask, roll, each, wanted))]
    turns += [(each, step) for each in roll.seats if (step := each.resume(ask.now))]
    await write(ask, roll)
    await deadlines.set_(ask.session, "member.wanted", roll.forum.code, ask.now)
    told = facts | {"seats": [_seat(each, ask.mxid) for each in seats]}
    subject = f"summons:{roll.summons.id}"
    said = Reply("summons/taken_back", told, to=Direct(ask.mxid), subject=subject)
    again = asked_again(roll, seats, ask.mxid)
    needed = needed_again(roll, [it for it in reached if not it.reached], turns, ask.mxid)
    others = await also(ask, roll, turns)
    asked = [*asks(ask.region, roll, turns), *others, *again, *needed]
    return [*asked, status(ask.region, roll), said]


async def _roll(ask: Ask, row: Answered) -> Roll | None:
    call = await summonses.call(ask.session, int(row.about.partition(":")[2]))
    made = await summonses.by_id(ask.session, call.summons) if call else None
    return await read(ask, made, await roster_now(ask)) if made else None


async def _take_back(
    ask: Ask, roll: Roll, each: SeatCall, rows: dict[str, Answered]
) -> tuple[SeatCall, CallStep] | None:
    about = f"call:{each.call.id}"
    rows[about].taken_back_at = ask.now
    await ask.session.flush()
    said = await answered.last(ask.session, about, ask.mxid)
    following = each.take_back(ask.mxid, CallState(said) if said else None, ask.now)
    own = next(step for step in each.steps if step.mxid == ask.mxid)
    await note(ask, roll, "call.taken_back", each, own)
    return (each, following) if following else None


def _hidden(roll: Roll, seats: list[SeatCall], facts: dict[str, Any], mxid: str) -> list[Answer]:
    """Say in the room that an answer stands though nobody can read it there any more."""
    theirs = [each.seat.function for each in seats if each.call.answered_by == mxid]
    if not theirs:
        return []
    told = facts | {"seats": theirs}
    subject = f"summons:{roll.summons.id}"
    to = InForum(roll.forum.code)
    return [Reply("summons/hidden", told, to=to, mention=(mxid,), subject=subject)]


def _seat(each: SeatCall, mxid: str) -> dict[str, Any]:
    """Say where a seat stands now: who answers, or whose turn it is and until when."""
    call, turn = each.call, each.asking
    return {
        "function": each.seat.function,
        "state": str(call.state),
        "by_function": call.answered_as,
        "by_rank": call.rank,
        "yours": call.answered_by == mxid if call.answered_by else bool(turn and turn.mxid == mxid),
        "turn": {"function": turn.function, "rank": turn.rank} if turn else None,
        "until": turn.due_at if turn else None,
    }
