"""Whose turn it has become in a call: they are asked, and who was asked before is told the rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from bot.domain.answer import Answer, Direct, Reply, Typed
from bot.domain.attendance import before_facts
from bot.domain.calling import SeatCall
from bot.domain.engaged import engaged
from bot.domain.model import CallState, CallStep, StepState
from bot.domain.region import Region
from bot.procedures.roll import Asking, Roll, Turns, note, status, write
from bot.procedures.ways import also
from bot.store import log


async def advance(at: Asking, roll: Roll) -> list[Answer]:
    """Let time pass in every seat: ask those whose turn it is, and say how the call stands."""
    running = [(each, step) for each in roll.seats for step in each.running]
    asked = [(each, step) for each in roll.seats if (step := each.elapse(at.now))]
    over = [(each, step) for each, step in running if step.state != StepState.ASKED]
    await write(at, roll)
    if not over:
        return []
    for each, step in over:
        await note(at, roll, f"call.{step.state}", each, step)
    for each in {id(each): each for each, _ in over}.values():
        if each.asking is None:
            await _note_end(at, roll, each)
    others = await also(at, roll, asked)
    return [*asks(at.region, roll, asked), *others, status(at.region, roll)]


async def _note_end(at: Asking, roll: Roll, each: SeatCall) -> None:
    await log.append(
        at.session, f"call.{CallState(each.call.state)}", roll.summons.id, happened_at=at.now,
        written_at=at.now, forum=roll.forum.code, function=each.seat.function,
    )  # fmt: skip


def asks(region: Region, roll: Roll, asked: Iterable[tuple[SeatCall, CallStep]]) -> list[Answer]:
    """Ask each person directly, once for all the seats that they are asked for at one moment.

    Who was asked in the same second for another seat has it in the same message.
    Where that person is taken up by the event, whoever leads the forum is told so.
    """
    people: dict[str, Turns] = {}
    for each, step in asked:
        people.setdefault(step.mxid, []).append((each, step))
    every = [turn for theirs in people.values() for turn in theirs]
    whole = [(mxid, _at_once(roll, mxid, theirs)) for mxid, theirs in people.items()]
    return [*(_ask(roll, mxid, theirs) for mxid, theirs in whole),
            *_engaged(region, roll, every)]  # fmt: skip


def _at_once(roll: Roll, mxid: str, theirs: Turns) -> Turns:
    """List all that somebody was asked in the second of these turns: a message has one each."""
    every = [(each, step) for each in roll.seats for step in each.steps if step.mxid == mxid]
    second = _moment(theirs)
    return [turn for turn in every if turn[1].asked_at and _moment([turn]) == second]


def _engaged(region: Region, roll: Roll, turns: Turns) -> list[Answer]:
    """Tell the chair for whom somebody is asked who has their own part in the event (P20)."""
    busy = [
        {"function": each.seat.function, "as_function": step.function, "until": step.due_at}
        for each, step in turns
        if engaged(region, roll.seats, each, step.function, roll.involved)
    ]
    if not busy or roll.chair is None:
        return []
    facts = {
        "id": roll.summons.id,
        "incident": roll.meeting.incident,
        "forum": roll.forum.code,
        "seats": busy,
    }
    about = f"summons:{roll.summons.id}"
    return [Reply("summons/engaged", facts, to=Direct(roll.chair), call=True, subject=about)]


def asked_again(roll: Roll, seats: Iterable[SeatCall], but: str) -> list[Answer]:
    """Write the requests for these seats anew, in place: somebody has answered, or no longer does.

    A deputy who was asked sees that the holder has answered, in the message that asked them.
    `but` is who knows already. A holder is asked in the forum's room, not by a message of theirs.
    """
    found = {
        (step.mxid, step.asked_at)
        for each in seats
        for step in each.steps
        if step.asked_at and step.mxid != but and not _is_holder(each, step)
    }
    every = [(each, step) for each in roll.seats for step in each.steps]
    return [
        replace(
            _ask(roll, mxid, [it for it in every if (it[1].mxid, it[1].asked_at) == (mxid, at)]),
            mention=(), call=False, tap=None,
        )
        for mxid, at in sorted(found)
    ]  # fmt: skip


def needed_again(roll: Roll, seats: Iterable[SeatCall], asked: Turns, but: str) -> list[Answer]:
    """Call those anew who had been told that it was answered, and are waited for after all.

    What is written anew in place rings for nobody. `seats` are those whose answer has just fallen
    away, `asked` those who are asked because of it, `but` is whose answer it was.
    """
    new = {id(step) for _, step in asked}
    people: dict[str, Turns] = {}
    for each in seats:
        for step in each.running:
            if step.mxid != but and id(step) not in new:
                people.setdefault(step.mxid, []).append((each, step))
    return [_needed(roll, mxid, theirs) for mxid, theirs in people.items()]


def _needed(roll: Roll, mxid: str, theirs: Turns) -> Reply:
    facts = {
        "id": roll.summons.id,
        "forum": roll.forum.code,
        "incident": roll.meeting.incident,
        "starts": roll.meeting.starts_at,
        "until": min(step.due_at for _, step in theirs if step.due_at),
        "functions": [each.seat.function for each, _ in theirs],
    }
    return Reply(
        "summons/needed_again", facts, to=Direct(mxid), mention=(mxid,), call=True, tap="✅",
        subject=f"summons:{roll.summons.id}",
    )  # fmt: skip


def _is_holder(each: SeatCall, step: CallStep) -> bool:
    return step.function == each.seat.function and step.rank == 1


def _answered(each: SeatCall, mxid: str) -> dict[str, Any] | None:
    """Say who answers for a seat instead of the one who was asked; None while that is wanted."""
    call = each.call
    if not each.reached or call.answered_by == mxid:
        return None
    return {"function": call.answered_as, "rank": call.rank}


def _ask(roll: Roll, mxid: str, theirs: Sequence[tuple[SeatCall, CallStep]]) -> Reply:
    answered = [_answered(each, mxid) for each, _ in theirs]
    facts = {
        "needless": all(answered),
        "id": roll.summons.id,
        "forum": roll.forum.code,
        "incident": roll.meeting.incident,
        "starts": roll.meeting.starts_at,
        "purpose": Typed(roll.meeting.purpose),
        "until": min(step.due_at for _, step in theirs if step.due_at),
        "seats": [
            {
                "function": each.seat.function,
                "as_function": step.function,
                "rank": step.rank,
                "unmanned": each.call.state == CallState.UNMANNED,
                "before": before_facts(each),
                "answered": by,
            }
            for (each, step), by in zip(theirs, answered, strict=True)
        ],
    }
    return Reply(
        "summons/asked", facts, to=Direct(mxid), mention=(mxid,), call=True, tap="✅",
        subject=f"summons:{roll.summons.id}",
        object=f"asked:{roll.summons.id}:{_moment(theirs)}",
    )  # fmt: skip


def _moment(theirs: Sequence[tuple[SeatCall, CallStep]]) -> int:
    """Give when they were asked, in whole seconds: what tells one request from the next."""
    asked_at = theirs[0][1].asked_at
    return int(asked_at.timestamp()) if asked_at else 0
