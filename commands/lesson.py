"""Keep what an incident taught, or see what has been kept."""

from __future__ import annotations

from typing import Annotated

from bot.asking import Ask, Rest, command
from bot.asking.arguments import Reader
from bot.domain.activation import facts, subject
from bot.domain.answer import Answer, Refusal, Reply, Typed
from bot.domain.calendar import local
from bot.domain.model import Lesson
from bot.procedures.incidents import meant, read_incident
from bot.procedures.lessons import listed
from bot.store import counters, holdings, log


def _may(ask: Ask) -> bool:
    return bool(ask.holdings)


async def _function(ask: Ask) -> str:
    """Give what they say it as; in an exercise that is over, what they played."""
    held = ask.holdings or [
        it
        for it in await holdings.held_by(ask.session, ask.mxid, ask.region.held_when(ask.now))
        if it.function in ask.region.functions
    ]
    if not held:
        raise Refusal("no_function")
    return held[0].function


@command("lesson", sv="lärdom", allowed=_may, counts="answer", outlives=True)
async def lesson(
    ask: Ask,
    incident: Annotated[str, Reader(read_incident, finds=True)],
    text: Rest | None = None,
) -> list[Answer]:
    """Keep a lesson of an incident in its own words; without any, show those there are."""
    found = await meant(ask, incident)
    if not text:
        told = {**facts(found), "written": False, "lessons": await listed(ask, found)}
        return [Reply("incident/lessons", told, subject=subject(found))]
    function = await _function(ask)
    kept = Lesson(
        id=await counters.next_id(ask.session, "LÄ", local(ask.region, ask.now).year),
        incident=found.id, text=str(text), said_by=ask.mxid, said_as=function, said_at=ask.now,
    )  # fmt: skip
    ask.session.add(kept)
    await log.append(
        ask.session, "lesson.kept", kept.id, happened_at=ask.now, written_at=ask.now,
        function=function, mxid=ask.mxid,
        facts={"incident": found.id, "text": str(text), "proof": ask.origin},
    )  # fmt: skip
    told = {"id": kept.id, "incident": found.id, "text": Typed(kept.text), "function": function}
    return [Reply("incident/lesson_kept", told, subject=subject(found))]
