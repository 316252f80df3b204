"""`reach`, `nås`: who would be reached if a forum were called now, or at a time to come."""

from __future__ import annotations

from bot.asking import Ask, ForumCode, LocalTime, command
from bot.asking.arguments import read_forum
from bot.asking.words import Words
from bot.domain.answer import Answer, Direct, Refusal, Reply
from bot.procedures.foreseeing import outlook


def may(ask: Ask) -> bool:
    """Allow whoever has a function, and those who run the bot."""
    return bool(ask.holdings) or ask.operator


@command("reach", sv=("nås", "nå"), allowed=may)
async def reach(
    ask: Ask, forum: ForumCode = "", at: LocalTime | None = None
) -> Reply | list[Answer]:
    """Tell who would be asked in which order, and what is missing (R11).

    In a forum's room what is missing is told, which is everybody's; the whole order goes to who
    asked, directly: for thirty seats it is some pages.
    """
    if not may(ask):
        raise Refusal("no_function")
    code = forum or read_forum(Words.of("", {}), ask)
    when = at or ask.now
    if when < ask.now:
        raise Refusal("time_passed", at=when)
    facts = {**await outlook(ask, ask.region.forum(code), when), "whole": True}
    if ask.forum is None:
        return Reply("reach/forum", facts)
    short = Reply("reach/forum", {**facts, "whole": False})
    return [short, Reply("reach/forum", facts, to=Direct(ask.mxid))]
