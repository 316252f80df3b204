"""Urgent calls by other ways than Matrix, where the law gives an organisation one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bot.asking.ask import Ask, Ring
from bot.domain.answer import Answer, Outward, Typed
from bot.domain.calling import SeatCall
from bot.domain.dispatches import CALL
from bot.domain.model import CallStep
from bot.domain.region import Way
from bot.store import incidents

if TYPE_CHECKING:  # a roll, which asks the next, calls them by these ways too
    from bot.procedures.roll import Roll

Turn = tuple[SeatCall, CallStep]


async def also(at: Ask | Ring, roll: Roll, turns: Sequence[Turn]) -> list[Answer]:
    """Call each person whose turn it has become by the ways of their organisation too.

    Only what is urgent: a call by the activated limits that no forum's calendar has made.
    """
    if not roll.urgent:
        return []
    people: dict[tuple[str, str], list[Turn]] = {}
    for each, step in turns:
        home = at.region.home_of(step.function).code
        people.setdefault((step.mxid, home), []).append((each, step))
    exercise = await _exercise(at, roll) if people else None
    return [
        _outward(at, roll, way, home, theirs, exercise)
        for (_, home), theirs in people.items()
        for way in at.region.organisations[home].ways
    ]


async def _exercise(at: Ask | Ring, roll: Roll) -> str | None:
    if roll.meeting.incident is None:
        return None
    incident = await incidents.by_id(at.session, roll.meeting.incident)
    return incident.exercise if incident else None


def _outward(  # noqa: PLR0913, PLR0917 - the call, the way, and who is called
    at: Ask | Ring, roll: Roll, way: Way, home: str, theirs: Sequence[Turn], exercise: str | None
) -> Outward:
    facts = _facts(roll, theirs, exercise)
    step = theirs[0][1]
    return Outward(
        "way/call", facts, _data(at, roll, home, facts), way, organisation=home,
        about=roll.summons.id, occasion=CALL, function=step.function,
        mxid=step.mxid, until=roll.meeting.ends_at,
    )  # fmt: skip


def _facts(roll: Roll, theirs: Sequence[Turn], exercise: str | None) -> dict[str, Any]:
    return {
        "exercise": exercise,
        "id": roll.summons.id,
        "incident": roll.meeting.incident,
        "forum": roll.forum.code,
        "starts": roll.meeting.starts_at,
        "until": min(step.due_at for _, step in theirs if step.due_at),
        "purpose": Typed(roll.meeting.purpose),
        "chair": roll.forum.chair,
        "seats": [
            {"function": each.seat.function, "as_function": step.function, "rank": step.rank}
            for each, step in theirs
        ],
    }


def _data(at: Ask | Ring, roll: Roll, home: str, facts: dict[str, Any]) -> dict[str, Any]:
    """Say the same for a machine, in JSON's own values (OPERATING.md has the shape)."""
    return {
        "version": 1,
        "kind": "call",
        "live": facts["exercise"] is None,
        "exercise": facts["exercise"],
        "region": at.region.code,
        "organisation": home,
        "summons": facts["id"],
        "meeting": roll.meeting.id,
        "incident": facts["incident"],
        "forum": facts["forum"],
        "starts_at": facts["starts"].isoformat(),
        "answer_by": facts["until"].isoformat(),
        "purpose": str(facts["purpose"]),
        "chair": facts["chair"],
        "called": facts["seats"],
    }
