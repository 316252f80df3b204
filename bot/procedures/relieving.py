"""A function changes hands: both are briefed before it, and at its minute the seat moves (R1).

The roster is the truth. Whatever was briefed is looked at again each time, so that a change of the
roster, a restart or a silent hour leaves nobody with a brief that does not hold.
"""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from bot.asking.ask import Ring
from bot.domain.answer import Answer, Direct, Reply
from bot.domain.calendar import local
from bot.domain.model import Handover
from bot.domain.reliefs import LOOK, UNCONFIRMED, Holders, Turn, holders, turns
from bot.procedures.briefs import both, brief, handed, note
from bot.procedures.end_condition import ask_who_leads_now
from bot.procedures.new_judge import past_nobody
from bot.procedures.roll import Asking
from bot.procedures.running import handed_on
from bot.procedures.situation import Situation
from bot.store import counters, deadlines, handovers, holdings

TIME_TO_ANSWER = timedelta(minutes=5)
"""How long the one who comes has at least before it is said that nobody has taken over."""


async def look(ring: Ring) -> list[Answer]:
    """Deal with every function that has changed hands, and brief those that soon will."""
    answers: list[Answer] = []
    seen, held = await handovers.seen(ring.session), await _held(ring, ring.now)
    situation = Situation(ring)
    if seen is not None:
        for turn in await _turned(ring, *seen, held):
            answers += await _move(ring, turn, situation)
    answers += [*await past_nobody(ring), *await ask_who_leads_now(ring)]
    await handovers.see(ring.session, held, ring.now)
    answers += await _brief_those_coming(ring, held, situation)
    await _look_again(ring)
    return answers


async def _held(ring: Ring, at: datetime) -> Holders:
    held = await holdings.in_force(ring.session, at)
    return holders([it for it in held if it.function in ring.region.functions])


async def _moments(ring: Ring, after: datetime, until: datetime) -> AsyncIterator[datetime]:
    """Go through the moments at which somebody begins or ends; `until` is included."""
    at = await holdings.next_change(ring.session, after)
    while at is not None and at <= until:
        yield at
        at = await holdings.next_change(ring.session, at)


async def _turned(ring: Ring, since: datetime, before: Holders, held: Holders) -> list[Turn]:
    """List the functions that have changed hands since then, with when each last did."""
    state = before
    moved_at: dict[str, datetime] = {}
    async for at in _moments(ring, since, ring.now):
        after = await _held(ring, at)
        moved_at |= {turn.function: at for turn in turns(state, after, at)}
        state = after
    now = turns(before, held, ring.now)
    return [dataclasses.replace(it, at=moved_at.get(it.function, ring.now)) for it in now]


async def _coming(ring: Ring, held: Holders) -> list[Turn]:
    """List the functions that will change hands soon enough for a brief."""
    found: list[Turn] = []
    state = held
    async for at in _moments(ring, ring.now, ring.now + ring.region.relief.brief_before):
        after = await _held(ring, at)
        found += turns(state, after, at)
        state = after
    return found


async def _brief_those_coming(ring: Ring, held: Holders, situation: Situation) -> list[Answer]:
    answers: list[Answer] = []
    stands = set()
    for turn in await _coming(ring, held):
        row, moved = await _row(ring, turn)
        stands.add(row.id)
        if row.briefed_at is None:
            answers += await _briefed(ring, row, situation)
        elif moved:
            answers += await brief(ring, row, situation)
            await _await_confirmation(ring, row)
    soon = ring.now + ring.region.relief.brief_before
    for row in await handovers.ahead(ring.session):
        if row.id not in stands and (row.briefed_at or row.at <= soon):
            answers += await _called_off(ring, row)
    return answers


async def _row(ring: Ring, turn: Turn) -> tuple[Handover, bool]:
    """Find the handover of a turn or make it; tell whether it was to be at another time."""
    ahead = await handovers.ahead(ring.session, turn.function)
    rows = [row for row in ahead if turn.is_of(row)]
    row = next((it for it in rows if it.at == turn.at or it.briefed_at), None)
    if row is None:
        return await planned(ring, turn), False
    moved, row.at = row.at != turn.at, turn.at
    return row, moved


async def planned(at: Asking, turn: Turn) -> Handover:
    """Keep that a function will change hands then."""
    (outgoing, went), (incoming, came) = turn.outgoing or (None, ""), turn.incoming or (None, "")
    row = Handover(
        id=await counters.next_id(at.session, "AV", local(at.region, at.now).year),
        function=turn.function, at=turn.at,
        outgoing=outgoing, outgoing_name=went, incoming=incoming, incoming_name=came,
    )  # fmt: skip
    at.session.add(row)
    await at.session.flush()
    return row


async def _briefed(ring: Ring, row: Handover, situation: Situation) -> list[Reply]:
    row.briefed_at = ring.now
    await note(ring, row, "relief.briefed", None)
    await _await_confirmation(ring, row)
    return await brief(ring, row, situation, fresh=True)


async def _await_confirmation(ring: Ring, row: Handover) -> None:
    """Ask at the minute whether somebody has taken over; later, where there was no time."""
    if row.incoming and row.briefed_at and row.taken_over_at is None:
        due = max(row.at, row.briefed_at + TIME_TO_ANSWER)
        await deadlines.set_(ring.session, UNCONFIRMED, row.id, due)


async def _move(ring: Ring, turn: Turn, situation: Situation) -> list[Answer]:
    """Let the seat go over, confirmed or not: rooms, register and mentions follow the roster."""
    row, _ = await _row(ring, turn)
    row.moved_at = ring.now
    await note(ring, row, "relief.moved", None)
    told = brief if row.briefed_at else _briefed
    briefs = await told(ring, row, situation)
    return [*briefs, *await handed_on(ring, row, situation)]


async def _called_off(ring: Ring, row: Handover) -> list[Reply]:
    """Tell both that it will not be: the roster says otherwise now."""
    row.called_off_at = ring.now
    await deadlines.drop(ring.session, UNCONFIRMED, row.id)
    await note(ring, row, "relief.called_off", None)
    told = both(row) if row.briefed_at else []
    return [
        Reply("relief/called_off", handed(row), to=Direct(mxid), mention=(mxid,), call=True)
        for mxid in told
    ]


async def _look_again(ring: Ring) -> None:
    """Look at the next change, and so long before the ones after it that there is time to brief."""
    before = ring.region.relief.brief_before
    turns_ = await holdings.next_change(ring.session, ring.now)
    later = await holdings.next_change(ring.session, ring.now + before)
    ahead = [turns_, later - before if later else None]
    due = min((at for at in ahead if at is not None), default=None)
    if due is not None:
        await deadlines.set_(ring.session, LOOK, "all", due)
