"""Temporary forums: who decides about one, and its end, moved or reached (R23)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.asking.ask import Ask, Ring
from bot.domain.answer import Answer, InForum, Refusal, Reply, Typed
from bot.domain.authority import acting_as
from bot.domain.model import Holding, MeetingState, OpenedForum
from bot.domain.region import Forum, Region, Temporary
from bot.domain.temporary import next_question
from bot.procedures.calling_off import call_off
from bot.procedures.summoning import REGISTER
from bot.store import deadlines, forums, kept, log, meetings

ENDS = "forum.ends"
"""The deadline at which a temporary forum's end is asked about; its subject is the forum's code."""
ASKED = "forum.asked "
"""Under this name, with a forum's code after it, is kept when its end was last asked about."""


def end_of(forum: Forum) -> Temporary:
    """Give the end of a forum; Refusal of one that has none."""
    if forum.temporary is None:
        raise Refusal("not_temporary", forum=forum.code)
    return forum.temporary


def deciders(region: Region, forum: Forum) -> tuple[str, ...]:
    """List the functions that decide about its end: its owner, then those above who may call."""
    above = region.forums.get(end_of(forum).ordered_by)
    callers = sorted(above.may_convene, key=lambda code: code != above.chair) if above else ()
    return tuple(dict.fromkeys((forum.chair, *callers)))


def decider(ask: Ask, forum: Forum) -> Holding:
    """Give the holding by which somebody decides about its end; Refusal if there is none."""
    needs = deciders(ask.region, forum)
    held = acting_as(ask, needs)
    if held is None:
        raise Refusal("not_yours_to_end", forum=forum.code, needs=list(needs))
    return held


def may_decide(ask: Ask) -> bool:
    """Tell whether there is a temporary forum whose end they decide about."""
    return any(
        acting_as(ask, deciders(ask.region, forum)) is not None
        for forum in ask.region.forums.values()
        if forum.temporary is not None
    )


async def row_of(ask: Ask, forum: Forum, held: Holding) -> OpenedForum:
    """Give the forum's row; a new one for one of the law's whose end nobody has moved yet."""
    found = await forums.by_code(ask.session, forum.code)
    ends = end_of(forum).ends
    if found is None:
        return OpenedForum(
            code=forum.code, ends=ends, opened_at=ask.now, opened_by=ask.mxid,
            opened_as=held.function, changed_at=ask.now,
        )  # fmt: skip
    if found.ends != ends:  # the region file has given it a new end since
        found.ends, found.closed_at, found.closed_as, found.result = ends, None, None, ""
    return found


async def ask_at_end(at: Ask | Ring, code: str, ends: date) -> None:
    """Set when its end is asked about next, and keep that nothing before now is to be asked."""
    await kept.put(at.session, ASKED + code, at.now.isoformat())
    when = next_question(at.region, ends, at.now, at.now)
    await deadlines.set_(at.session, ENDS, code, when)


async def arm_end(session: AsyncSession, region: Region, forum: Forum, now: datetime) -> None:
    """Set it at a start, where it is asked about what was missed; again changes nothing."""
    asked = await kept.get(session, ASKED + forum.code)
    since = datetime.fromisoformat(asked) if asked else None
    when = next_question(region, end_of(forum).ends, since, now)
    await deadlines.set_(session, ENDS, forum.code, when)


async def prolonged(ask: Ask, forum: Forum, ends: date) -> list[Reply]:
    """Move a forum's end, and say so there and where it was ordered."""
    held, end = decider(ask, forum), end_of(forum)
    if ends <= end.ends:
        raise Refusal("not_longer", forum=forum.code, ends=end.ends)
    row = await row_of(ask, forum, held)
    row.ends = ends
    await forums.keep(ask.session, row, ask.now)
    await ask_at_end(ask, forum.code, ends)
    await deadlines.set_(ask.session, REGISTER, forum.code, ask.now)
    await _note(ask, "forum.prolonged", forum, held, {"ends": str(ends), "before": str(end.ends)})
    facts = {**named(ask.region, forum), "ends": ends, "before": end.ends, "by": held.function}
    return told(ask, "temporary/prolonged", facts, (forum.code, end.ordered_by))


async def closed(ask: Ask, forum: Forum, result: Typed | None) -> list[Answer]:
    """Close a forum: its result goes where it was to go, and its room stays to be read."""
    held, end = decider(ask, forum), end_of(forum)
    if not ask.region.in_use(forum.code):
        raise Refusal("forum_closed", forum=forum.code)
    if not result:
        raise Refusal("result_missing", forum=forum.code, result_to=end.result_to)
    open_ = await meetings.in_state(ask.session, forum.code, MeetingState.OPEN)
    if open_:
        raise Refusal("still_meeting", forum=forum.code, id=open_[0].id)
    row = await row_of(ask, forum, held)
    called = await meetings.in_state(ask.session, forum.code, MeetingState.CALLED)
    off = await call_off(ask, called, "closed")
    row.closed_at, row.closed_as, row.result = ask.now, held.function, str(result)
    await forums.keep(ask.session, row, ask.now)
    await deadlines.drop(ask.session, ENDS, forum.code)
    await _note(ask, "forum.closed", forum, held, {"result": str(result), "to": end.result_to})
    facts = {
        **named(ask.region, forum), "result": result, "by": held.function,
        "ends": end.ends, "result_to": end.result_to,
    }  # fmt: skip
    return [*told(ask, "temporary/closed", facts, (forum.code, end.result_to)), *off]


def named(region: Region, forum: Forum) -> dict[str, Any]:
    """Name a forum for what is said of it, also before it stands in the law."""
    return {
        "forum": forum.code,
        "name": Typed(forum.names.in_(region.language)),
        "owner": forum.chair,
    }


def told(ask: Ask, name: str, facts: dict[str, Any], where: tuple[str, ...]) -> list[Reply]:
    """Say it in those forums' rooms, each once, and where it was asked if that is elsewhere."""
    rooms = [InForum(code) for code in dict.fromkeys(where)]
    elsewhere = [Reply(name, facts)] if ask.place not in rooms else []
    return [*(Reply(name, facts, to=room) for room in rooms), *elsewhere]


async def _note(ask: Ask, what: str, forum: Forum, held: Holding, facts: dict[str, Any]) -> None:
    await log.append(
        ask.session, what, f"forum:{forum.code}", happened_at=ask.now, written_at=ask.now,
        forum=forum.code, function=held.function, mxid=ask.mxid,
        facts=facts | {"proof": ask.origin},
    )  # fmt: skip
