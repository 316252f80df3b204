"""Another homeserver has fallen silent, or answers again: what waits on its people says so."""

from __future__ import annotations

from datetime import datetime

from bot.asking import Ring, deadline
from bot.domain.answer import Answer, Operators, Reply
from bot.domain.model import Outage
from bot.domain.silences import server_of
from bot.procedures.agreements import shown, standing
from bot.procedures.roll import Roll, read, roster_now, status
from bot.store import agreements, holdings, log, servers, summonses

CHANGED = "server.changed"
"""The subject is the homeserver's name."""


@deadline(CHANGED)
async def changed(ring: Ring) -> list[Answer]:
    """Write it down, tell the operators, and say it where its people are waited for."""
    outage = await servers.last(ring.session, ring.subject)
    if outage is None:
        return []
    await _note(ring, outage)
    return [_told(outage), *await _calls(ring), *await _proposals(ring)]


async def _note(ring: Ring, outage: Outage) -> None:
    what, at = ("server.silent", outage.since) if outage.until is None else _back(outage.until)
    await log.append(
        ring.session, what, ring.subject, happened_at=at, written_at=ring.now,
        facts={"asked": outage.mxid},
    )  # fmt: skip


def _back(until: datetime) -> tuple[str, datetime]:
    return "server.answers", until


def _told(outage: Outage) -> Reply:
    facts = {"server": outage.server, "since": outage.since, "until": outage.until}
    return Reply(
        "server/silent", facts, to=Operators(), call=True, object=f"server:{outage.id}"
    )  # fmt: skip


async def _calls(ring: Ring) -> list[Answer]:
    """Show each call anew in which somebody of that homeserver has not answered."""
    roster = await roster_now(ring)
    rolls = [await read(ring, each, roster) for each in await summonses.running(ring.session)]
    return [status(ring.region, roll) for roll in rolls if roll and _waits(roll, ring.subject)]


def _waits(roll: Roll, server: str) -> bool:
    """Tell whether somebody of a homeserver was asked for a seat that nobody has answered for."""
    unanswered = (each for each in roll.seats if not each.reached)
    asked = (step for each in unanswered for step in each.steps if step.asked_at)
    return any(server_of(step.mxid) == server for step in asked)


async def _proposals(ring: Ring) -> list[Answer]:
    """Show each proposal anew on which somebody of that homeserver may still take a position."""
    held = await holdings.in_force(ring.session, ring.now)
    theirs = {each.function for each in held if server_of(each.mxid) == ring.subject}
    answers: list[Answer] = []
    for agreement in await agreements.proposed(ring.session):
        stands = await standing(ring.session, ring.region, agreement, ring.now)
        if any(each.choice is None and each.function in theirs for each in stands):
            answers.append(shown(ring.region, agreement, stands))
    return answers
