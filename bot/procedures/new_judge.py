"""A judge's function changes hands, or nobody has it, while a request waits (R1, R8, R9)."""

from __future__ import annotations

from bot.domain.answer import Answer
from bot.domain.model import Handover, Incident, IncidentState
from bot.procedures.judging import hand_on, pass_on
from bot.procedures.roll import Asking, roster_now
from bot.store import incidents


async def new_judge(at: Asking, row: Handover) -> list[Answer]:
    """Ask whoever has the function now what the one who goes was asked to judge.

    That is the one who comes, or the first deputy; where there is neither, `past_nobody` follows.
    """
    if row.function not in at.region.cooperation.judges:
        return []
    there = (await roster_now(at)).get(row.function, ())
    answers: list[Answer] = []
    for each in await _waiting(at):
        if each.judge in {row.function, None} and there:
            answers += await hand_on(at, each, there[0])
    return answers


async def past_nobody(at: Asking) -> list[Answer]:
    """Let each request go on, at once, from a judge that nobody is any more."""
    answers: list[Answer] = []
    there = await _waiting(at)
    roster = await roster_now(at) if there else {}
    for each in there:
        if each.judge and not roster.get(each.judge):
            answers += await pass_on(at, each, "unmanned")
    return answers


async def _waiting(at: Asking) -> list[Incident]:
    """List the requests that wait to be judged."""
    return [
        each
        for each in await incidents.running(at.session)
        if each.state == IncidentState.REQUESTED and each.exercise == at.region.practised
    ]
