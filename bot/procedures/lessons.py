"""What an incident taught: asked for a day and a fortnight after, kept as it was said (T20)."""

from __future__ import annotations

from typing import Any

from bot.domain.activation import facts, informed, subject
from bot.domain.answer import Answer, Direct, InForum, Reply, Typed
from bot.domain.model import Incident
from bot.procedures.conferring import conference_of
from bot.procedures.informing import leader_of
from bot.procedures.roll import Asking, roster_now
from bot.store import incident_record, incidents


async def asked(at: Asking, incident: Incident, *, written: bool) -> list[Answer]:
    """Ask the lead, and the contact points of whom it concerned; at last show what was said."""
    told = {**facts(incident), "written": written, "lessons": await listed(at, incident)}
    mxids = await _who(at, incident)
    replies: list[Answer] = [
        Reply(
            "incident/lessons_asked", told, to=Direct(mxid), mention=(mxid,), call=True,
            subject=subject(incident),
        )
        for mxid in mxids
    ]  # fmt: skip
    forum = conference_of(at.region)
    if written and forum is not None:
        place = InForum(forum.code)
        replies.append(Reply("incident/lessons", told, to=place, subject=subject(incident)))
    return replies


async def listed(at: Asking, incident: Incident) -> list[dict[str, Any]]:
    """Give what was said, each as it was, with whose it is."""
    return [
        {"id": each.id, "text": Typed(each.text), "function": each.said_as, "at": each.said_at}
        for each in await incident_record.lessons(at.session, incident.id)
    ]


async def _who(at: Asking, incident: Incident) -> list[str]:
    """List the lead, who asked for cooperation, and the contact points of those concerned."""
    roster = await roster_now(at)
    concerned = {each.organisation for each in await incidents.concerned(at.session, incident.id)}
    concerned.add(at.region.home_of(incident.asked_as).code)
    theirs = [each.mxid for each in informed(at.region, roster) if each.organisation in concerned]
    lead = await leader_of(at, incident)
    return list(dict.fromkeys(mxid for mxid in (lead, *theirs) if mxid))
