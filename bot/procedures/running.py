"""What runs when a function changes hands: it is asked of whoever has the function now (R1)."""

from __future__ import annotations

from bot.domain.answer import Answer
from bot.domain.homecoming import Act, lacking, note, receipt
from bot.domain.model import CarryBack, Handover, MeetingState, StepState
from bot.procedures.chairing import ASKED, choosing
from bot.procedures.new_judge import new_judge
from bot.procedures.opening import room_of
from bot.procedures.roll import Asking, Roll, roster_now, status, write
from bot.procedures.roll import note as note_call
from bot.procedures.situation import Situation
from bot.procedures.turns import asks
from bot.procedures.ways import also
from bot.store import carrybacks, carrying, log


async def handed_on(at: Asking, row: Handover, situation: Situation) -> list[Answer]:
    """Ask whoever comes what was asked of the one who goes, and not answered.

    Proposals and actions are the function's own, and need no more than the brief.
    """
    answers = await new_judge(at, row)
    if row.incoming is None:
        return answers
    answers += await _calls(at, row, row.incoming, situation)
    answers += await _choices(at, row, situation)
    for each in await carrybacks.owed_by(at.session, (row.function,)):
        answers += await _carry_back(at, row, row.incoming, each)
    return answers


async def _calls(at: Asking, row: Handover, incoming: str, situation: Situation) -> list[Answer]:
    answers: list[Answer] = []
    for roll in await situation.rolls():
        answers += await _call(at, roll, row, incoming)
    return answers


async def _call(at: Asking, roll: Roll, row: Handover, incoming: str) -> list[Answer]:
    """Ask in one summons; silent where the one who goes is not being asked."""
    went = [
        (each, step)
        for each in roll.seats
        if (step := each.asking) and (step.mxid, step.function) == (row.outgoing, row.function)
    ]
    asked = [(each, new) for each, _ in went if (new := each.hand_over(incoming, at.now))]
    over = [(each, step) for each, step in went if step.state == StepState.GONE]
    for each, step in over:
        await note_call(at, roll, "call.gone", each, step)
    if not over:
        return []
    await write(at, roll)
    others = await also(at, roll, asked)
    return [*asks(at.region, roll, asked), *others, status(at.region, roll)]


async def _choices(at: Asking, row: Handover, situation: Situation) -> list[Answer]:
    """Ask who is to lead, where the one who goes was asked and has not chosen (R27)."""
    answers: list[Answer] = []
    for roll in await situation.rolls():
        asked = await log.latest(at.session, ASKED, roll.meeting.id)
        if asked and (asked.mxid, asked.function) == (row.outgoing, row.function):
            roster = await roster_now(at)
            opens = roll.meeting.state == MeetingState.OPEN
            room = await room_of(at, roll, roster)
            answers += await choosing(at, roll, room, roster, opens=opens)
    return answers


async def _carry_back(at: Asking, row: Handover, incoming: str, carried: CarryBack) -> list[Answer]:
    """Give whoever comes what the other should have taken home, or confirmed there."""
    act = lacking(carried)
    if act is Act.CONFIRM and carried.receiver_mxid == row.outgoing:
        carried.receiver_mxid = incoming
        await carrying.log(at.session, carried, "carry_back.handed_on", at.now, mxid=incoming)
        return [receipt(carried)]
    if act in {Act.RECEIVE, Act.CARRY} and carried.carrier == row.outgoing:
        carried.carrier = incoming
        await carrying.log(at.session, carried, "carry_back.handed_on", at.now, mxid=incoming)
        return [note(carried)]
    return []
