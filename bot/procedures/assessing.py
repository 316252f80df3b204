"""What a judge makes of a request, and that everybody who should know is told (R9)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.asking.ask import Ask
from bot.domain.answer import Answer, Direct, Facts, Refusal, Reply, Typed
from bot.domain.authority import acting_as
from bot.domain.model import Holding, Incident, IncidentState
from bot.domain.places import place_of
from bot.procedures.incidents import facts, note, subject, to_caller, turn
from bot.procedures.judging import AGAIN, DEPUTY, JUDGE
from bot.procedures.roll import roster_now
from bot.store import deadlines, holdings, incidents

NOTHING: Facts = {"unknown": (), "others": (), "also": (), "unheard": ()}
"""What only the judge is told."""


@dataclass(frozen=True)
class Verdict:
    """A judgement: its state, why, and when what is followed is judged anew.

    `meeting` names the one that was called because of it, `also` are organisations that are told
    for information, `unknown` are words that were to name one and do not.
    """

    state: IncidentState
    reason: str = ""
    again_at: datetime | None = None
    meeting: Facts | None = None
    also: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


async def judge_of(ask: Ask, incident: Incident) -> Holding:
    """Give the holding by which they judge; Refusal that names who does, if they do not."""
    judges = ask.region.cooperation.judges
    held = acting_as(ask, judges)
    if held is None:
        who = [{"function": code, "held_by": await _held_by(ask, code)} for code in judges]
        raise Refusal(
            "not_judge", id=incident.id, judge=incident.judge, until=incident.judge_until, who=who
        )
    return held


async def _held_by(ask: Ask, function: str) -> str | None:
    there = await holdings.holders(ask.session, function, ask.now)
    return there[0].name if there else None


async def so_far(ask: Ask, incident: Incident) -> Facts | None:
    """Tell how it has been judged already, by whom and when; None if it waits to be."""
    if incident.judged_at is None:
        return None
    last = (await incidents.turns(ask.session, incident.id))[-1]
    return {
        "state": incident.state, "by": last.function, "at": last.at,
        "reason": Typed(last.reason), "again_at": incident.look_again_at,
    }  # fmt: skip


async def settle(ask: Ask, incident: Incident, held: Holding, verdict: Verdict) -> list[Answer]:
    """Keep the judgement; tell who asked and who is to know."""
    before = await so_far(ask, incident)
    incident.judge = incident.judge_until = None
    incident.judged_at, incident.look_again_at = ask.now, verdict.again_at
    await turn(ask, incident, verdict.state, held, verdict.reason)
    await deadlines.drop(ask.session, JUDGE, incident.id)
    await deadlines.drop(ask.session, AGAIN, incident.id)
    await deadlines.drop(ask.session, DEPUTY, incident.id)
    if verdict.again_at:
        await deadlines.set_(ask.session, AGAIN, incident.id, verdict.again_at)
    await note(ask, incident, "incident.judged", held, state=verdict.state, reason=verdict.reason)
    concerned = await incidents.concerned(ask.session, incident.id)
    its = {
        **facts(incident), "state": str(verdict.state), "by": held.function, "rank": held.rank,
        "reason": Typed(verdict.reason), "again_at": verdict.again_at,
        "before": before["state"] if before else None, "meeting": verdict.meeting,
        "concerned": [each.organisation for each in concerned],
    }  # fmt: skip
    return await _told(ask, incident, its, verdict)


async def _told(ask: Ask, incident: Incident, its: Facts, verdict: Verdict) -> list[Answer]:
    """Tell the one who asked first, then those who are to know; then confirm it to the judge."""
    heard_here = ask.place in {place_of(incident.asked_in), Direct(incident.asked_by)}
    missed: Facts = {
        **NOTHING, **await _heard(ask, verdict.also),
        "unknown": [Typed(word) for word in verdict.unknown],
    }  # fmt: skip
    asked_it = ask.mxid == incident.asked_by
    theirs = missed if heard_here and asked_it else NOTHING
    caller = await to_caller(ask, incident, "incident/judged", {**its, "whose": "asked", **theirs})
    people = await _to_know(ask, verdict.also)
    known = [
        Reply(
            "incident/judged", {**its, "whose": "known", **NOTHING}, to=Direct(mxid),
            mention=(mxid,), subject=subject(incident),
        )
        for mxid in people
        if mxid not in {ask.mxid, incident.asked_by}
    ]  # fmt: skip
    await note(ask, incident, "incident.told", asked_by=incident.asked_by, informed=people)
    if heard_here and (asked_it or not (verdict.unknown or verdict.also)):
        return [*caller, *known]
    mine = {
        **its, "whose": "judge", **missed,
        "others": _others(ask, its["concerned"]) if verdict.meeting else [],
    }  # fmt: skip
    own = Direct(ask.mxid) if heard_here else None
    return [Reply("incident/judged", mine, to=own, subject=subject(incident)), *caller, *known]


def _others(ask: Ask, concerned: Collection[str]) -> list[str]:
    """List the organisations that could be called besides: not concerned yet, and not seated."""
    forum = ask.region.forum(ask.region.cooperation.contact or "")
    there = {ask.region.home_of(seat.function).code for seat in forum.seats} | {*concerned}
    return [
        code
        for code, home in ask.region.organisations.items()
        if code not in there and not home.hosted_by and not home.coopted_only
    ]


async def _heard(ask: Ask, also: Iterable[str]) -> Facts:
    """Part those chosen to be told into those who are, and those whose contact point is nobody."""
    roster = await roster_now(ask)
    there = {code: bool(roster.get(ask.region.organisations[code].contact_point)) for code in also}
    return {
        "also": [code for code, heard in there.items() if heard],
        "unheard": [code for code, heard in there.items() if not heard],
    }


async def _to_know(ask: Ask, also: Iterable[str]) -> Collection[str]:
    """List who is told for information: the law's, and the contact points of those chosen."""
    roster = await roster_now(ask)
    contact_points = (ask.region.organisations[code].contact_point for code in also)
    functions = (*ask.region.cooperation.informed, *contact_points)
    found = (held for code in functions for held in roster.get(code, ())[:1])
    return list(dict.fromkeys(held.mxid for held in found))
