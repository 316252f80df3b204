"""What waits for somebody: what help says first, and what a refusal fills a command in with.

Each kind of thing is answered by commands of its own, the likeliest first.
"""

from __future__ import annotations

from typing import Any

from bot.asking.ask import Ask
from bot.domain.answer import Typed
from bot.domain.authority import leads
from bot.domain.homecoming import Act, due_by, lacking
from bot.domain.model import Agreement, AgreementState, MeetingState, StepState
from bot.procedures.agreements import standing
from bot.procedures.roll import Roll, read, roster_now
from bot.store import actions, agreements, carrybacks, meetings, summonses

ANSWERED_BY = {
    "summons": ("ack", "attend", "decline"),
    "agreement": ("position",),
    "receive": ("received", "ack", "carried"),
    "carry": ("carried",),
    "confirm": ("confirm",),
    "digest": ("approve",),
    "meeting": ("close",),
    "action": ("done", "handback"),
}
"""The commands that answer each kind of thing that can wait."""

ANSWERING = frozenset(verb for verbs in ANSWERED_BY.values() for verb in verbs)
"""The commands that are of use only where something waits for them."""

Waits = dict[str, Any]
"""Its `kind`, `verb` (the likeliest command), `id`, `forum`, `organisation`, `text`, `until`."""


async def waits(ask: Ask, *, everywhere: bool = False) -> list[Waits]:
    """List what waits for this person, the most urgent kind first.

    In a forum's room only that forum's, unless `everywhere`.
    """
    found = [
        *await _summonses(ask),
        *await _proposals(ask),
        *await _carry_backs(ask),
        *await _digests_and_meetings(ask),
        *await _actions(ask),
    ]
    return [it for it in found if everywhere or not ask.forum or it["forum"] == ask.forum.code]


async def waits_for(ask: Ask, command: str) -> list[Waits]:
    """List what that command could answer for this person, wherever it waits."""
    there = await waits(ask, everywhere=True)
    return [it for it in there if command in ANSWERED_BY[it["kind"]]]


async def proposals(ask: Ask) -> list[Agreement]:
    """List the proposals that wait for the person's answer, the first to close first."""
    found: list[Agreement] = []
    for each in await agreements.asking(ask.session, ask.functions, ask.now):
        stands = await standing(ask.session, ask.region, each, ask.now)
        back = any(one.anchoring and one.function in ask.functions for one in stands)
        found += [each] if back or each.state == AgreementState.PROPOSED else []
    return found


def _it(kind: str, id_: str, forum: str, **more: Any) -> Waits:  # noqa: ANN401 - facts
    facts = {"kind": kind, "verb": ANSWERED_BY[kind][0], "id": id_, "forum": forum}
    return {**facts, "organisation": None, "text": Typed(""), "until": None, **more}


async def _summonses(ask: Ask) -> list[Waits]:
    roster = await roster_now(ask)
    rolls = [
        roll
        for made in await summonses.running(ask.session)
        if (roll := await read(ask, made, roster))
    ]
    return [it for roll in rolls for it in _summons(ask, roll)]


def _summons(ask: Ask, roll: Roll) -> list[Waits]:
    seats = [each for each in roll.seats if each.was_asked(ask.mxid) and not each.reached]
    steps = [step for each in seats for step in each.steps if step.mxid == ask.mxid]
    waiting = [step for step in steps if step.state != StepState.PREVENTED]
    if not waiting:
        return []
    times = [step.due_at for step in waiting if step.due_at and step.due_at > ask.now]
    return [_it("summons", roll.summons.id, roll.forum.code, until=min(times, default=None))]


async def _proposals(ask: Ask) -> list[Waits]:
    return [
        _it("agreement", each.id, each.forum, text=Typed(each.text), until=each.closes_at)
        for each in await proposals(ask)
        if not await _has_answered(ask, each)
    ]


async def _has_answered(ask: Ask, agreement: Agreement) -> bool:
    """Tell whether every concerned seat of theirs has an answer that needs no more."""
    stands = await standing(ask.session, ask.region, agreement, ask.now)
    own = [each for each in stands if each.function in ask.functions]
    return all(each.choice is not None and not each.anchoring for each in own)


async def _carry_backs(ask: Ask) -> list[Waits]:
    rows = await carrybacks.waiting_for(ask.session, ask.mxid)
    return [
        _it(str(act), row.id, row.forum, organisation=row.organisation, until=due_by(row, act))
        for row in rows
        if (act := lacking(row) or Act.CONFIRM)
    ]


async def _digests_and_meetings(ask: Ask) -> list[Waits]:
    found: list[Waits] = []
    for kind, state in (("digest", MeetingState.ENDED), ("meeting", MeetingState.OPEN)):
        for forum in ask.region.forums.values():
            if leads(ask, forum):
                there = await meetings.in_state(ask.session, forum.code, state)
                found += [_it(kind, each.id, forum.code) for each in there]
    return found


async def _actions(ask: Ask) -> list[Waits]:
    return [
        _it("action", each.id, each.forum, text=Typed(each.text), until=each.due_at)
        for each in await actions.open_of(ask.session, ask.functions)
    ]
