"""Change the times at which an incident's conference meets."""

from __future__ import annotations

from typing import Annotated

from bot.asking import Ask, Rest, command
from bot.asking.arguments import Reader
from bot.domain.activation import facts, subject
from bot.domain.answer import Answer, InForum, Place, Refusal, Reply
from bot.domain.authority import acting_as
from bot.domain.model import Incident
from bot.procedures.activating import read_rhythm
from bot.procedures.conferring import call_due, conference_of, move_called
from bot.procedures.incidents import meant, read_incident
from bot.procedures.stepping_down import decides
from bot.store import incidents, log


def _may(ask: Ask) -> bool:
    forum = conference_of(ask.region)
    functions = (*ask.region.cooperation.judges, *(forum.lead if forum else ()))
    return acting_as(ask, functions) is not None


@command("rhythm", sv="rytm", allowed=_may, counts="act")
async def rhythm(
    ask: Ask, incident: Annotated[str, Reader(read_incident, finds=True)], times: Rest
) -> list[Answer]:
    """Let these be the times that are to come; everybody who comes to them is told."""
    found = await meant(ask, incident)
    held = decides(ask, found)
    if found.state not in incidents.ACTIVE:
        raise Refusal("not_activated", **facts(found))
    read = read_rhythm(ask, found, times)
    new = list(read.times) if read else []
    before = await incidents.next_time(ask.session, found.id, ask.now)
    left, moved = await move_called(ask, found, new)
    await incidents.set_rhythm(ask.session, found.id, left)
    await log.append(
        ask.session, "incident.rhythm", found.id, happened_at=ask.now, written_at=ask.now,
        function=held.function, mxid=ask.mxid,
        facts={"times": [at.isoformat() for at in new], "proof": ask.origin},
    )  # fmt: skip
    told = {**facts(found), "times": new, "by": held.function, "before": before}
    return [*_told(ask, found, told), *moved, *await call_due(ask, found)]


def _told(ask: Ask, incident: Incident, told: dict[str, object]) -> list[Answer]:
    forum = conference_of(ask.region)
    places: dict[Place, None] = {ask.place: None}
    places |= {InForum(forum.code): None} if forum else {}
    return [Reply("incident/rhythm", told, to=place, subject=subject(incident)) for place in places]
