"""Ask whoever has come to have a function since a call was made."""

from __future__ import annotations

from bot.asking import Ask, FunctionCode, SummonsId, command
from bot.domain import authority
from bot.domain.answer import Answer, Refusal
from bot.domain.calling import SeatCall
from bot.procedures.roll import Roll, note, read, roster_now, status, write
from bot.procedures.turns import asks
from bot.procedures.ways import also
from bot.store import summonses


def may(ask: Ask) -> bool:
    """Allow those who may call a forum, or lead one."""
    return authority.may_convene_any(ask, ask.region)


@command("seek", sv="sök", allowed=may, counts="act")
async def seek(ask: Ask, summons: SummonsId, function: FunctionCode) -> list[Answer]:
    """Ask the new holders of a function in a call's chains: by itself it goes by the old roster.

    Refusal where the call is over, another's, or where nobody is new.
    """
    roll = await _roll(ask, summons)
    theirs = [it for it in roll.seats if function in it.call.functions and not _settled(it)]
    turns = [(each, step) for each in theirs for step in each.call_in(function, ask.now)]
    if not turns:
        raise Refusal("nobody_new", id=summons, function=function)
    for each, step in turns:
        await note(ask, roll, "call.sought", each, step)
    await write(ask, roll)
    others = await also(ask, roll, turns)
    return [*asks(ask.region, roll, turns), *others, status(ask.region, roll)]


def _settled(each: SeatCall) -> bool:
    """Tell whether somebody answers for the seat who has a function to answer by."""
    return each.reached and each.holds_still


async def _roll(ask: Ask, summons: str) -> Roll:
    made = await summonses.by_id(ask.session, summons)
    roll = await read(ask, made, await roster_now(ask)) if made else None
    if roll is None:
        raise Refusal("unknown_summons", id=summons)
    if roll.over:
        raise roll.too_late
    if not (authority.may_convene(ask, roll.forum) or authority.leads(ask, roll.forum)):
        raise Refusal("not_yours_to_seek", id=summons, forum=roll.forum.code)
    return roll
