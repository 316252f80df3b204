"""An organisation says that an event concerns it: it is called to what is called already (S19)."""

from __future__ import annotations

from bot.asking.ask import Ask
from bot.domain.answer import Answer, Direct, InForum, Reply
from bot.domain.concerned import coopted
from bot.domain.model import Holding, Incident
from bot.procedures.contacting import Meeting, concern, join, running
from bot.procedures.incidents import facts, subject
from bot.store import holdings, incidents


async def join_in(ask: Ask, incident: Incident, held: Holding) -> list[Answer]:
    """Note it, call them where there is a meeting, and tell those who judge or meet."""
    home = ask.region.home_of(held.function).code
    new = await concern(ask, incident, [home], held)
    meetings = await running(ask, incident)
    seated = {each.roll.meeting.id for each in meetings if _sits(ask, each, home)}
    calls = [said for each in meetings for said in await join(ask, incident, each)]
    at = [each.facts for each in meetings if _sits(ask, each, home)]
    its = {
        **facts(incident), "organisation": home, "state": str(incident.state),
        "already": not new, "seated": bool(seated), "meeting": at[0] if at else None,
        "coopted": bool(at) and coopted(ask.region, ask.region.forum(at[0]["forum"]), home),
        "next": await incidents.next_time(ask.session, incident.id, ask.now),
        "lead": incident.lead,
    }  # fmt: skip
    here = Reply("incident/concerned", {**its, "own": True}, subject=subject(incident))
    return [here, *(await _tell(ask, incident, its, meetings) if new else []), *calls]


def _sits(ask: Ask, meeting: Meeting, home: str) -> bool:
    return any(ask.region.home_of(it.seat.function).code == home for it in meeting.roll.seats)


async def _tell(
    ask: Ask, incident: Incident, its: dict[str, object], meetings: list[Meeting]
) -> list[Answer]:
    """Tell the rooms where it is met about; without one, who leads or judges it."""
    other = {**its, "own": False}
    rooms = [
        Reply(
            "incident/concerned", other, to=InForum(each.roll.forum.code), subject=subject(incident)
        )
        for each in meetings
        if ask.place != InForum(each.roll.forum.code)
    ]
    if meetings:
        return list(rooms)
    there = await holdings.holders(ask.session, await _decides(ask, incident), ask.now)
    return [
        Reply(
            "incident/concerned",
            other,
            to=Direct(one.mxid),
            mention=(one.mxid,),
            subject=subject(incident),
        )
        for one in there[:1]
        if one.mxid != ask.mxid
    ]


async def _decides(ask: Ask, incident: Incident) -> str:
    """Give the function whose turn it is: who leads what is activated, else who judges it."""
    if incident.state in incidents.ACTIVE and incident.lead:
        return incident.lead
    turns = await incidents.turns(ask.session, incident.id)
    return incident.judge or (turns[-1].function if incident.judged_at else None) or ""
