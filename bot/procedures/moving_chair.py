"""Moving the chair to another function: for a meeting, or for all about an incident (R19).

The forum's own chair may go on leading, too: nobody is put aside, and the forum is told at once.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.asking.ask import Ask
from bot.domain.answer import Answer, Direct, InForum, Refusal, Reply, Typed
from bot.domain.authority import acting_as
from bot.domain.chairing import can_chair
from bot.domain.model import Holding, Incident, IncidentState, Meeting, MeetingState
from bot.domain.region import Forum
from bot.procedures.chairing import ASKED
from bot.procedures.incidents import meant
from bot.procedures.leading import meeting_of
from bot.store import chairs, holdings, log, meetings, summonses

MOVED = "chair.moved"
"""In the record: another function leads from now on."""


def may_choose(ask: Ask) -> bool:
    """Tell whether they may ever choose who leads: by leading, convening or judging."""
    forums = ask.region.forums.values()
    some = {code for forum in forums for code in (*forum.lead, *forum.may_convene)}
    return acting_as(ask, some | set(ask.region.cooperation.judges)) is not None


async def move_for_meeting(ask: Ask, meeting_id: str, who: str) -> list[Answer]:
    """Let a function lead one meeting; a digit is a choice among those that were offered."""
    meeting = await meeting_of(ask, meeting_id)
    if meeting.state == MeetingState.PUBLISHED:
        raise Refusal("already_ended", id=meeting.id)
    forum = ask.region.forum(meeting.forum)
    made = await summonses.of_meeting(ask.session, meeting.id)
    caller = (made.made_by,) if made and made.made_by else ()
    held = _held(ask, meeting.id, (*forum.lead, *caller, *ask.region.cooperation.judges))
    function = await _chosen(ask, meeting, who) if who.isdigit() else who
    if not can_chair(forum, function):
        raise Refusal("cannot_lead", id=meeting.id, function=function, forums=[forum.code])
    await chairs.move(ask.session, meeting, _unless_own(forum, function))
    await _note(ask, meeting.id, held, function, forum.code)
    return [*await _told(ask, meeting.id, [forum], function, held, meeting.purpose)]


async def move_for_incident(ask: Ask, incident_id: str, who: str) -> list[Answer]:
    """Let a function lead every meeting about an incident in whose forum it can (R19)."""
    incident = await meant(ask, incident_id)
    if incident.state in (IncidentState.NO_NEED, IncidentState.ENDED) or who.isdigit():
        raise Refusal(
            "cannot_lead", id=incident.id, function="" if who.isdigit() else who, forums=[]
        )
    forums = await _forums(ask, incident)
    lead = (incident.lead,) if incident.lead else ()
    led = tuple(code for forum in forums for code in forum.lead)
    held = _held(ask, incident.id, (*lead, *ask.region.cooperation.judges, *led))
    fit = [forum for forum in forums if can_chair(forum, who)]
    if not fit:
        codes = [forum.code for forum in forums]
        raise Refusal("cannot_lead", id=incident.id, function=who, forums=codes)
    own = all(_unless_own(forum, who) is None for forum in fit)
    await chairs.move(ask.session, incident, None if own else who)
    await _note(ask, incident.id, held, who, None)
    return [*await _told(ask, incident.id, fit, who, held, incident.text)]


def _unless_own(forum: Forum, function: str) -> str | None:
    """Give None for the forum's own chair: then nothing is moved any more."""
    return None if function == (forum.own_chair or forum.chair) else function


def _held(ask: Ask, id_: str, functions: Iterable[str]) -> Holding:
    """Give the holding by which they choose; Refusal if they may not."""
    order = tuple(dict.fromkeys(functions))
    held = acting_as(ask, order)
    if held is None:
        raise Refusal("may_not_choose_lead", id=id_, needs=list(order))
    return held


async def _chosen(ask: Ask, meeting: Meeting, digit: str) -> str:
    """Read a digit as the choice it stood at when they were asked."""
    asked = await log.latest(ask.session, ASKED, meeting.id)
    choices: list[str] = asked.facts["choices"] if asked else []
    place = int(digit) - 1
    if not 0 <= place < len(choices):
        raise Refusal("no_such_choice", id=meeting.id, choices=choices)
    return choices[place]


async def _forums(ask: Ask, incident: Incident) -> list[Forum]:
    """List the forums that meet, or will, about an incident: those called, and the conference."""
    called = await meetings.about(ask.session, incident.id)
    codes = [m.forum for m in called if m.state != MeetingState.PUBLISHED]
    cooperation = ask.region.cooperation
    codes += [code for code in (cooperation.contact, cooperation.conference) if code]
    return [ask.region.forum(code) for code in dict.fromkeys(codes) if code in ask.region.forums]


async def _note(ask: Ask, id_: str, held: Holding, function: str, forum: str | None) -> None:
    await log.append(
        ask.session, MOVED, id_, happened_at=ask.now, written_at=ask.now, forum=forum,
        function=held.function, mxid=ask.mxid, facts={"to": function, "proof": ask.origin},
    )  # fmt: skip


async def _told(  # noqa: PLR0913, PLR0917 - what is led, by whom, who says so, where
    ask: Ask, id_: str, forums: list[Forum], function: str, held: Holding, text: str
) -> list[Reply]:
    """Tell each forum, the one who is to lead, and whoever chose, where they are elsewhere."""
    facts = {
        "id": id_, "function": function, "by": held.function, "text": Typed(text),
        "own_chairs": [forum.own_chair or forum.chair for forum in forums],
        "forums": [forum.code for forum in forums],
    }  # fmt: skip
    there = await holdings.holders(ask.session, function, ask.now)
    subject = f"{'meeting' if id_.startswith('M-') else 'incident'}:{id_}"
    said = [Reply("lead/moved", facts, to=InForum(forum.code), subject=subject) for forum in forums]
    if there and there[0].mxid != ask.mxid:
        mxid = there[0].mxid
        yours = Reply("lead/yours", facts, to=Direct(mxid), mention=(mxid,), call=True)
        said.append(yours)
    if all(ask.place != each.to for each in said):
        said.append(Reply("lead/moved", facts))
    return said
