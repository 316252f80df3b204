"""Who is asked to judge a request, one after the other, and who is told of it (R8, R9, T1)."""

from __future__ import annotations

from typing import Any, Literal

from bot.asking.ask import Ring
from bot.domain.answer import Answer, Ballot, Direct, Operators, Reply
from bot.domain.judging import judged_by, next_judge
from bot.domain.model import Holding, Incident
from bot.domain.region import Mode
from bot.domain.summons import Roster, limits_of
from bot.procedures.incident_ways import to_judge
from bot.procedures.incidents import facts, note, subject, to_caller
from bot.procedures.roll import Asking, roster_now
from bot.store import deadlines, incident_record
from bot.store.incident_record import DEPUTY_ASKED, HANDED_ON, PUT

JUDGE, AGAIN = "incident.judge", "incident.again"
"""The deadlines at which the time to judge is out, and at which what is followed is judged anew."""

DEPUTY = "incident.deputy"
"""The deadline at which a judge's deputy is asked too, unless the judge has said that it came."""

OUTCOMES = ("none", "follow", "contact", "activate")
"""What a request can be judged as, in the order of their digits."""

BALLOT = Ballot("incident/choose", tuple((each, f"outcome/{each}") for each in OUTCOMES))

Why = Literal["asked", "passed_on", "unmanned", "again", "nobody", "deputy", "handed_on"]
"""Why a judge is asked: by turn, as the one before has not judged or is nobody any more, anew, as
nobody has, as the holder has said nothing, or as the function has come to them."""


async def put(
    at: Asking, incident: Incident, before: str | None, why: Why = "asked"
) -> list[Answer]:
    """Ask the first judge after `before` who is there, and set until when; at last everybody.

    Only then is the one who asked for cooperation told here, too.
    """
    roster = await roster_now(at)
    incident.judge = next_judge(at.region.cooperation.judges, roster, before)
    incident.judge_until = judged_by(at.region, at.now)
    at.session.add(incident)
    await deadlines.set_(at.session, JUDGE, incident.id, incident.judge_until)
    if incident.judge is None:
        return await _put_to_everybody(at, incident, roster)
    await _await_word(at, incident)
    held = roster[incident.judge][0]
    await note(at, incident, PUT, judge=incident.judge, why=why, asked=held.mxid)
    return await to_judge(at, incident, _asked(incident, incident.judge, roster, why, before))


async def _await_word(at: Asking, incident: Incident) -> None:
    """Let whoever has been asked have their time before a deputy is asked, too (T2)."""
    limits = limits_of(at.region, Mode.ACTIVATED, at.now)
    await deadlines.set_(at.session, DEPUTY, incident.id, at.now + limits.first)


async def ask_deputy(at: Ring, incident: Incident) -> list[Answer]:
    """Ask the judge's next deputy too: five minutes after the holder, then every three (T2, T3).

    Who was asked before may still judge; the first judgement counts.
    """
    if incident.judge is None:
        return []
    asked = await incident_record.asked_to_judge(at.session, incident.id)
    deputies = (await roster_now(at)).get(incident.judge, ())[1:]
    held = next((it for it in deputies if it.mxid not in asked), None)
    if held is None:
        return []
    limits = limits_of(at.region, Mode.ACTIVATED, at.now)
    await deadlines.set_(at.session, DEPUTY, incident.id, at.due_at + limits.step)
    await note(
        at, incident, DEPUTY_ASKED, judge=incident.judge, rank=held.rank, asked=held.mxid
    )  # fmt: skip
    return await to_judge(at, incident, [_ask(incident, held, "deputy", incident.judge)])


async def hand_on(at: Asking, incident: Incident, held: Holding) -> list[Answer]:
    """Ask whoever has come to have a judge's function, and wait for them before their deputies.

    The time to judge goes on (T1). Where everybody has been asked, they are one of them now.
    """
    await note(at, incident, HANDED_ON, judge=held.function, asked=held.mxid)
    if incident.judge is None:
        return await to_judge(at, incident, [_ask(incident, held, "nobody", None)])
    await _await_word(at, incident)
    return await to_judge(at, incident, [_ask(incident, held, "handed_on", None)])


async def pass_on(
    at: Asking, incident: Incident, why: Literal["passed_on", "unmanned"] = "passed_on"
) -> list[Answer]:
    """Let it go on from a judge who has not judged in time, or is nobody; tell who asked (R9)."""
    before = incident.judge
    if before is None:  # everybody has been asked: they are asked again, for as long as it takes
        return await put(at, incident, next(reversed(at.region.cooperation.judges), None), "nobody")
    await note(at, incident, "incident.passed_on", before=before, why=why)
    return await _put_and_tell(at, incident, before, before, why)


async def judge_anew(at: Asking, incident: Incident, followed_by: str | None) -> list[Answer]:
    """Have what was followed judged anew, first by who followed it, and tell who asked."""
    judges = at.region.cooperation.judges
    roster = await roster_now(at)
    there = followed_by in judges and roster.get(followed_by or "")
    first = judges.index(followed_by or "") if there else 0
    return await _put_and_tell(at, incident, judges[first - 1] if first else None, None, "again")


async def _put_and_tell(
    at: Asking, incident: Incident, after: str | None, silent: str | None, why: Why
) -> list[Answer]:
    asked = await put(at, incident, after, why)
    if incident.judge is None:
        return asked
    its = {
        **facts(incident), **_turn(incident), "before": silent, "unmanned": why == "unmanned",
    }  # fmt: skip
    return [*asked, *await to_caller(at, incident, "incident/goes_on", its)]


def _turn(incident: Incident) -> dict[str, Any]:
    return {"judge": incident.judge, "until": incident.judge_until}


def _asked(
    incident: Incident, judge: str, roster: Roster, why: Why, before: str | None
) -> list[Reply]:
    silent = before if why in {"passed_on", "unmanned"} else None
    return [_ask(incident, held, why, silent) for held in roster.get(judge, ())[:1]]


def _ask(incident: Incident, held: Holding, why: Why, silent: str | None) -> Reply:
    """Ask one person to judge, so that one tap is enough."""
    its = {
        **facts(incident), **_turn(incident), "as_function": held.function, "rank": held.rank,
        "why": why, "before": silent,
    }  # fmt: skip
    return Reply(
        "incident/asked", its, to=Direct(held.mxid), mention=(held.mxid,), call=True,
        ballot=BALLOT, tap="✅", subject=subject(incident),
    )  # fmt: skip


async def inform(at: Asking, incident: Incident) -> list[Answer]:
    """Tell those who are to know of every request; a judge among them may judge at once."""
    roster = await roster_now(at)
    cooperation = at.region.cooperation
    its = {**facts(incident), **_turn(incident)}
    told: dict[str, Answer] = {}
    for function in cooperation.informed:
        if function == incident.judge:
            continue
        for held in roster.get(function, ())[:1]:
            mine = {**its, "may_judge": function in cooperation.judges, "as_function": function}
            told.setdefault(held.mxid, Reply(
                "incident/for_information", mine, to=Direct(held.mxid), mention=(held.mxid,),
                ballot=BALLOT if mine["may_judge"] else None, subject=subject(incident),
            ))  # fmt: skip
    return list(told.values())


async def _put_to_everybody(at: Asking, incident: Incident, roster: Roster) -> list[Answer]:
    """Say that nobody has judged: to all who can, to who runs the bot, to who asked (R9)."""
    judges = at.region.cooperation.judges
    there = {code: [held.name for held in roster.get(code, ())][:1] for code in judges}
    its = {
        **facts(incident),
        "who": [{"function": f, "held_by": n[0] if n else None} for f, n in there.items()],
        "again_at": incident.judge_until,
    }
    await note(at, incident, "incident.unjudged", asked=[code for code, n in there.items() if n])
    asked = [it for code in judges for it in _asked(incident, code, roster, "nobody", None)]
    told = await to_caller(at, incident, "incident/nobody", {**its, "asked_it": True})
    operators = Reply("incident/nobody", {**its, "asked_it": False}, to=Operators())
    return [*told, *await to_judge(at, incident, asked), operators]
