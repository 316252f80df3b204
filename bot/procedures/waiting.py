"""What waits for somebody: what help says first, and what a refusal fills a command in with.

Each kind of thing is answered by commands of its own, the likeliest first.
"""

from __future__ import annotations

from typing import Any

from bot.asking.ask import Ask
from bot.domain.answer import Typed
from bot.domain.authority import leads
from bot.domain.exercises import is_of
from bot.domain.homecoming import Act, due_by, lacking
from bot.domain.model import (
    Agreement,
    AgreementState,
    CarryBack,
    IncidentState,
    MeetingState,
    StepState,
)
from bot.domain.reliefs import A_DAY
from bot.procedures.agreements import standing
from bot.procedures.identities import by_what
from bot.procedures.roll import Roll, read, roster_now
from bot.store import (
    actions,
    agreements,
    carrybacks,
    handovers,
    identities,
    incidents,
    meetings,
    summonses,
)

ANSWERED_BY = {
    "incident": ("assess",),
    "summons": ("ack", "attend", "decline"),
    "agreement": ("position",),
    "receive": ("received", "ack", "carried"),
    "carry": ("carried",),
    "confirm": ("confirm",),
    "digest": ("approve",),
    "meeting": ("close",),
    "action": ("done", "handback"),
    "identity": ("vouch",),
    "relief": ("takeover",),
}
"""The commands that answer each kind of thing that can wait."""

ANSWERING = frozenset(verb for verbs in ANSWERED_BY.values() for verb in verbs)
"""The commands that are of use only where something waits for them."""

Waits = dict[str, Any]
"""Its `kind`, `verb` (the likeliest command), `id`, `forum`, `organisation`, `text`, `until`.

Of a relief the organisation is the function, by its code."""


async def waits(ask: Ask, *, everywhere: bool = False) -> list[Waits]:
    """List what waits for this person, the most urgent kind first.

    In a forum's room only that forum's, unless `everywhere`.
    """
    found = [
        *await judgements(ask),
        *await _summonses(ask),
        *await _reliefs(ask),
        *await _proposals(ask),
        *await _carry_backs(ask),
        *await _digests_and_meetings(ask),
        *await _actions(ask),
        *await _identities(ask),
    ]
    return [it for it in found if everywhere or not ask.forum or it["forum"] == ask.forum.code]


async def waits_for_functions(ask: Ask) -> list[Waits]:
    """List what waits, wherever it does, for whoever has their functions: nobody's own."""
    return [
        *await judgements(ask),
        *await _proposals(ask),
        *await _digests_and_meetings(ask),
        *await _actions(ask),
        *await _identities(ask),
    ]


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


def waiting(kind: str, id_: str, forum: str, **more: Any) -> Waits:  # noqa: ANN401 - facts
    """Say of a thing that it waits: its kind, its id and its forum, and what else is known."""
    facts = {"kind": kind, "verb": ANSWERED_BY[kind][0], "id": id_, "forum": forum}
    return {**facts, "organisation": None, "text": Typed(""), "until": None, **more}


async def judgements(ask: Ask) -> list[Waits]:
    """List the requests that wait to be judged, for who may judge them, wherever they ask."""
    if not set(ask.functions) & set(ask.region.cooperation.judges):
        return []
    here = ask.forum.code if ask.forum else ""
    return [
        waiting("incident", each.id, here, text=Typed(each.text), until=each.judge_until)
        for each in await incidents.running(ask.session)
        if each.exercise == ask.region.practised
        if each.state == IncidentState.REQUESTED
    ]


async def _summonses(ask: Ask) -> list[Waits]:
    running = await summonses.running(ask.session)
    roster = await roster_now(ask) if running else {}
    rolls = [roll for made in running if (roll := await read(ask, made, roster))]
    return [it for roll in rolls for it in _summons(ask, roll)]


def _summons(ask: Ask, roll: Roll) -> list[Waits]:
    seats = [each for each in roll.seats if each.was_asked(ask.mxid) and not each.reached]
    steps = [it for each in seats for it in each.steps if it.mxid == ask.mxid and it.asked_at]
    left = [step for step in steps if step.state != StepState.PREVENTED]
    if not left:
        return []
    times = [step.due_at for step in left if step.due_at and step.due_at > ask.now]
    return [waiting("summons", roll.summons.id, roll.forum.code, until=min(times, default=None))]


async def _proposals(ask: Ask) -> list[Waits]:
    return [
        waiting("agreement", each.id, each.forum, text=Typed(each.text), until=each.closes_at)
        for each in await proposals(ask)
        if not await _has_answered(ask, each)
    ]


async def _has_answered(ask: Ask, agreement: Agreement) -> bool:
    """Tell whether every concerned seat of theirs has an answer that needs no more."""
    stands = await standing(ask.session, ask.region, agreement, ask.now)
    own = [each for each in stands if each.function in ask.functions]
    return all(each.choice is not None and not each.anchoring for each in own)


async def carried_to(ask: Ask) -> list[CarryBack]:
    """List the carry-backs that wait for this person; in an exercise its own, else none of any."""
    rows = await carrybacks.waiting_for(ask.session, ask.mxid)
    return [row for row in rows if is_of(ask.region, row.forum)]


async def _carry_backs(ask: Ask) -> list[Waits]:
    rows = await carried_to(ask)
    return [
        waiting(str(act), row.id, row.forum, organisation=row.organisation, until=due_by(row, act))
        for row in rows
        if (act := lacking(row) or Act.CONFIRM)
    ]


async def _digests_and_meetings(ask: Ask) -> list[Waits]:
    found: list[Waits] = []
    for kind, state in (("digest", MeetingState.ENDED), ("meeting", MeetingState.OPEN)):
        for forum in ask.region.forums.values():
            if leads(ask, forum):
                there = await meetings.in_state(ask.session, forum.code, state)
                found += [waiting(kind, each.id, forum.code) for each in there]
    return found


async def _actions(ask: Ask) -> list[Waits]:
    return [
        waiting("action", each.id, each.forum, text=Typed(each.text), until=each.due_at)
        for each in await actions.open_of(ask.session, ask.functions)
    ]


async def _reliefs(ask: Ask) -> list[Waits]:
    rows = await handovers.to_take_over(ask.session, ask.mxid, ask.now - A_DAY)
    return [
        waiting("relief", it.id, "", organisation=it.function, until=it.at)
        for it in rows
        if is_of(ask.region, it.function)
    ]


async def _identities(ask: Ask) -> list[Waits]:
    """List those whose new identity this person may vouch for, wherever they ask; for real only."""
    if ask.region.exercise:
        return []
    here = ask.forum.code if ask.forum else ""
    return [
        waiting("identity", pin.mxid, here, until=None)
        for pin in await identities.changed(ask.session)
        if await by_what(ask, pin.mxid)
    ]
