"""Somebody asks for cooperation: it is kept, and put to who judges it, at once (R8, R9, S19)."""

from __future__ import annotations

from datetime import timedelta

from bot.asking.ask import Ask
from bot.domain.answer import Answer, Refusal, Reply
from bot.domain.calendar import local
from bot.domain.model import Holding, Incident, IncidentState
from bot.domain.places import key_of
from bot.domain.region import FunctionKind
from bot.procedures.contacting import concern
from bot.procedures.incidents import facts, note, subject, turn
from bot.procedures.judging import inform, put
from bot.store import counters, deadlines, holdings, unsaid
from bot.store.unsaid import Unsaid

UNSAID = "incident.unsaid"
"""The deadline at which who has not said what has happened is reminded; its subject is a person."""

REMINDED = timedelta(minutes=5)


def asker(ask: Ask) -> Holding | None:
    """Give the holding by which somebody asks; None if they have none.

    What sits in the forum here comes first, then what is on duty; of several alike the lowest
    rank (R25).
    """
    here = {seat.function for seat in ask.forum.seats} if ask.forum else set()

    def order(held: Holding) -> tuple[bool, bool, int]:
        function = ask.region.functions.get(held.function)
        on_duty = function is not None and function.kind is FunctionKind.DUTY
        return held.function not in here, not on_duty, held.rank

    return min(ask.holdings, key=order, default=None)


async def no_function(ask: Ask) -> Refusal:
    """Say who can press it instead, and is there now: those who lead here, those who judge."""
    led = ask.forum.lead if ask.forum else ()
    found = []
    for function in dict.fromkeys((*led, *ask.region.cooperation.judges)):
        there = await holdings.holders(ask.session, function, ask.now)
        found += [{"function": function, "held_by": held.name} for held in there[:1]]
    return Refusal("no_function_to_ask", who=found)


async def question(ask: Ask) -> Reply:
    """Ask what has happened; the next plain line they write here is taken for it.

    Who does not say is reminded once that nothing has been passed on.
    """
    await deadlines.set_(ask.session, UNSAID, ask.mxid, ask.now + REMINDED)
    await unsaid.ask(ask.session, ask.mxid, Unsaid("cooperate", key_of(ask.place)), ask.now)
    return Reply("incident/what", {}, mention=(ask.mxid,), call=True)


async def request(ask: Ask, held: Holding, text: str) -> list[Answer]:
    """Keep the request; ask the first judge, tell those who are to know, answer who asked."""
    await unsaid.said(ask.session, ask.mxid)
    await deadlines.drop(ask.session, UNSAID, ask.mxid)
    incident = Incident(
        id=await counters.next_id(ask.session, "H", local(ask.region, ask.now).year),
        text=text, asked_at=ask.now, asked_by=ask.mxid, asked_as=held.function,
        asked_in=key_of(ask.place),
        exercise=ask.region.practised,
    )  # fmt: skip
    await turn(ask, incident, IncidentState.REQUESTED, held, text)
    await note(ask, incident, "incident.requested", held, text=text)
    await concern(ask, incident, [ask.region.home_of(held.function).code], held)
    asked = await put(ask, incident, None)
    informed = await inform(ask, incident)
    if incident.judge is None:
        return [*asked, *informed]
    its = {**facts(incident), "judge": incident.judge, "until": incident.judge_until}
    here = Reply("incident/requested", its, subject=subject(incident))
    return [here, *asked, *informed]
