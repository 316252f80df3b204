"""Call a forum to a meeting."""

from __future__ import annotations

from bot.asking import Ask, ForumCode, LocalTime, Rest, command
from bot.domain import authority
from bot.domain.answer import Answer, InForum, Refusal, Reply
from bot.domain.region import Forum
from bot.domain.summons import ends_at
from bot.procedures.summoning import Wanted, summon
from bot.store import holdings

NAMED = 3  # functions named in a refusal; the rest are counted


def may(ask: Ask) -> bool:
    """Allow those who may call this room's forum; elsewhere those who may call any."""
    if ask.forum:
        return authority.may_convene(ask, ask.forum)
    return authority.may_convene_any(ask, ask.region)


@command("convene", "summon", sv="kalla", allowed=may, counts="act")
async def convene(ask: Ask, forum: ForumCode, at: LocalTime, purpose: Rest) -> list[Answer]:
    """Call a forum's functions to a meeting (R1)."""
    called = ask.region.forum(forum)
    caller = authority.acting_as(ask, called.may_convene)
    if caller is None:
        raise await _not_yours(ask, called)
    if at < ask.now:
        raise Refusal("time_passed", at=at)
    wanted = Wanted(called, at, ends_at(ask.region, called, at), purpose, caller)
    roll, answers = await summon(ask, wanted)
    if ask.place == InForum(forum):
        return answers
    facts = {"id": roll.summons.id, "forum": forum, "starts": at, "seats": len(roll.seats)}
    return [*answers, Reply("summons/made", facts, subject=f"summons:{roll.summons.id}")]


async def _not_yours(ask: Ask, forum: Forum) -> Refusal:
    """Say which function it takes, and who holds it now: those who lead the forum first."""
    by_lead = sorted(forum.may_convene, key=lambda code: (code not in forum.lead, code))
    needs = [{"function": code, "held_by": await _held_by(ask, code)} for code in by_lead[:NAMED]]
    return Refusal(
        "not_yours_to_convene",
        forum=forum.code,
        who=needs,
        more=len(by_lead) - len(needs),
        forums=_others(ask),
    )


def _others(ask: Ask) -> list[str]:
    """List the forums that the person may call."""
    return [it.code for it in ask.region.forums.values() if authority.may_convene(ask, it)]


async def _held_by(ask: Ask, function: str) -> str | None:
    """Give the name of who has a function now, or stands in for it; None if nobody does."""
    held = await holdings.holders(ask.session, function, ask.now)
    return held[0].name if held else None
