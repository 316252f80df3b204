"""What whoever takes a function over must know: the seat's debts, not the talk (R1, R26)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.asking.ask import Ask
from bot.domain.answer import Direct, Reply, Typed
from bot.domain.calendar import as_typed
from bot.domain.homecoming import Act, due_by, lacking
from bot.domain.membership import functions_of
from bot.domain.model import CallState, Handover, Holding
from bot.domain.region import Forum
from bot.procedures.led import led_by
from bot.procedures.roll import Asking, Roll
from bot.procedures.situation import Situation
from bot.procedures.waiting import Waits, waiting, waits_for_functions
from bot.store import carrybacks, handovers, log

MOST = {"led": 4, "waits": 10, "calls": 4, "open": 5, "digests": 3}
"""How many of each are named; of what is owed, the rest is counted."""


async def brief(
    at: Asking, row: Handover, situation: Situation | None = None, *, fresh: bool = False
) -> list[Reply]:
    """Write the same brief to the one who goes and the one who comes.

    Said again it is the same message, brought up to date; `fresh` makes it sound. Where many are
    briefed at once, they have the `situation` in common.
    """
    ahead = as_typed(at.region, row.at) if row.at > at.now else ""
    facts = {
        **handed(row),
        "from_then": ahead,
        **await debts(at, row.function, situation or Situation(at)),
    }
    return [
        Reply(
            "relief/brief", facts, to=Direct(mxid), mention=(mxid,) if fresh else (), call=fresh,
            tap="✅" if fresh and mxid == row.incoming else None,
            subject=f"relief:{row.id}", object=f"relief:{row.id}",
        )
        for mxid in both(row)
    ]  # fmt: skip


def both(row: Handover) -> list[str]:
    """List who takes part in a handover, the one who goes first."""
    return [mxid for mxid in (row.outgoing, row.incoming) if mxid]


def handed(row: Handover) -> dict[str, Any]:
    """Give what every message about a handover may say of it."""
    return {
        "id": row.id, "function": row.function, "at": row.at, "lines": [*map(_line, row.lines)],
        "outgoing": Typed(row.outgoing_name) if row.outgoing else None,
        "incoming": Typed(row.incoming_name) if row.incoming else None,
        "taken_over_at": row.taken_over_at,
    }  # fmt: skip


def _line(kept: dict[str, str]) -> dict[str, Any]:
    at = datetime.fromisoformat(kept["at"])
    return {"name": Typed(kept["name"]), "text": Typed(kept["text"]), "at": at}


async def note(at: Asking, row: Handover, what: str, mxid: str | None, **facts: Any) -> None:  # noqa: ANN401
    """Write in the record what became of a handover; of what a person did, its proof."""
    proof = {"proof": at.origin} if isinstance(at, Ask) else {}
    await log.append(
        at.session, what, row.id, happened_at=at.now, written_at=at.now, function=row.function,
        mxid=mxid,
        facts={
            "at": row.at.isoformat(), "outgoing": row.outgoing, "incoming": row.incoming,
            **facts, **proof,
        },
    )  # fmt: skip


async def debts(at: Asking, function: str, situation: Situation) -> dict[str, Any]:
    """Gather what a function leads and owes, what it has answered, what is open where it sits."""
    as_it = _as(at, function)
    rolls = await situation.rolls()
    calls, homeward = _unanswered(rolls, function), await _carry_backs(as_it)
    owed = [*calls, *homeward, *await waits_for_functions(as_it)]
    forums = [it for it in at.region.forums.values() if function in functions_of(it, at.region)]
    named = {it["id"] for it in owed}
    open_: list[dict[str, Any]] = [
        {"id": it.id, "text": Typed(it.text), "closes": it.closes_at}
        for forum in forums
        for it in await situation.open_in(forum.code)
        if it.id not in named
    ]
    led = await led_by(at, function)
    return {
        "led": led[: MOST["led"]],
        "more_led": max(0, len(led) - MOST["led"]),
        "waits": owed[: MOST["waits"]],
        "more": max(0, len(owed) - MOST["waits"]),
        "calls": _answered(rolls, function)[: MOST["calls"]],
        "open": sorted(open_, key=lambda it: it["closes"])[: MOST["open"]],
        "digests": (await _digests(situation, forums))[: MOST["digests"]],
    }


def _as(at: Asking, function: str) -> Ask:
    """Ask as whoever holds that function, and nothing else."""
    held = Holding(function=function, rank=1, mxid="", name="", source="relief")
    return Ask(
        session=at.session, region=at.region, now=at.now, mxid="", name="", place=Direct(""),
        direct=True, holdings=(held,), language=at.region.language, event_id="",
    )  # fmt: skip


def _unanswered(rolls: Sequence[Roll], function: str) -> list[Waits]:
    """List the summonses that nobody has answered for the seat."""
    found: list[Waits] = []
    for roll in rolls:
        for each in roll.seats:
            if each.call.function == function and not each.reached:
                until = each.asking.due_at if each.asking else None
                found.append(waiting("summons", roll.summons.id, roll.forum.code, until=until))
    return found


def _answered(rolls: Sequence[Roll], function: str) -> list[dict[str, Any]]:
    """List the meetings for which the seat has answered: it is the next holder who goes there."""
    return [
        {
            "id": roll.summons.id,
            "forum": roll.forum.code,
            "starts": roll.meeting.starts_at,
            "attending": each.call.state == CallState.ATTENDING,
        }
        for roll in sorted(rolls, key=lambda roll: roll.meeting.starts_at)
        for each in roll.seats
        if each.call.function == function and each.reached
    ]


async def _carry_backs(as_it: Ask) -> list[Waits]:
    rows = await carrybacks.owed_by(as_it.session, as_it.functions)
    return [
        waiting(
            str(act), row.id, row.forum, organisation=row.organisation, until=due_by(row, act)
        )
        for row in rows
        if (act := lacking(row) or Act.CONFIRM)
    ]  # fmt: skip


async def _digests(situation: Situation, forums: Sequence[Forum]) -> list[dict[str, Any]]:
    """List the last digest of each forum, the newest first: they stand for the picture."""
    found = [await situation.last_published(forum.code) for forum in forums]
    told = [
        {"forum": it.forum, "id": it.id, "at": it.published_at}
        for it in found
        if it and it.published_at
    ]
    return sorted(told, key=lambda it: it["at"], reverse=True)


async def of_about(ask: Ask) -> Handover | None:
    """Find the handover that the answered message is about, if it is one of theirs."""
    id_ = ask.about_id("relief")
    row = await handovers.by_id(ask.session, id_) if id_ else None
    return row if row and ask.mxid in both(row) else None
