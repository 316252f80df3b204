"""The meeting is over; or a proposal, a temporary forum, or the activated mode of an incident."""

from __future__ import annotations

from typing import Annotated

from bot.asking import Ask, LocalTime, Rest, command
from bot.asking.arguments import Reader, id_reader
from bot.asking.words import Words
from bot.domain.answer import Answer, Refusal, Typed
from bot.domain.authority import acting_as
from bot.domain.model import MeetingState
from bot.domain.rhythm import write
from bot.procedures.end_condition import question
from bot.procedures.ending import end_meeting
from bot.procedures.ending_waits import closed_at_once
from bot.procedures.incidents import meant
from bot.procedures.leading import lead_of, may_lead, meeting_meant, meeting_of
from bot.procedures.stepping_down import USUAL, step_down
from bot.procedures.summoning import is_conference
from bot.procedures.temporary import closed, may_decide

_MEETING, _PROPOSAL = id_reader("M", "meeting"), id_reader("OV", "agreement")
_INCIDENT = id_reader("H", "incident")
STEPPING_DOWN = frozenset({"nedtrappning", "stepping", "step", "down"})


def _read(words: Words, ask: Ask) -> str:
    """Read what to close: a proposal or an incident by its id, a temporary forum, or a meeting."""
    forum = ask.region.forums.get((words.peek() or "").upper())
    if forum is not None and forum.temporary is not None:
        words.take()
        return forum.code
    letters = (words.peek() or "").casefold().partition("-")[0]
    reader = {"ov": _PROPOSAL, "h": _INCIDENT}.get(letters, _MEETING)
    read: str = reader.read(words, ask)
    if reader is _INCIDENT:
        _read_whole(words, ask, read)
    return read


def _read_whole(words: Words, ask: Ask, incident: str) -> None:
    """Read on to the end; Refusal of a time or a reason that stands without its word.

    "Nedtrappning" may be said or not: there is no other way to end an incident.
    """
    left = words.left()
    words.rest()
    if any(word.casefold().strip(".,!") not in STEPPING_DOWN for word in left):
        raise Refusal(
            "close_how", id=incident, said=Typed(" ".join(left)),
            suggested=write((ask.now + USUAL,), ask.region),
        )  # fmt: skip


def _may(ask: Ask) -> bool:
    judges = acting_as(ask, ask.region.cooperation.judges) is not None
    return may_lead(ask) or may_decide(ask) or judges


@command(
    "close", sv="avsluta", allowed=_may, counts="act",
    keys={"until": ("till", "by"), "despite": ("trots",), "result": ("resultat",)},
)  # fmt: skip
async def close(
    ask: Ask,
    what: Annotated[str, Reader(_read)] = "",
    *,
    until: LocalTime | None = None,
    despite: Rest | None = None,
    result: Rest | None = None,
) -> list[Answer]:
    """End the open meeting, whose digest is drafted from the record; or a temporary forum.

    An incident steps down until a time, and ends over nothing that is open unless `despite` says
    why.
    """
    if what.startswith("OV-"):
        return await closed_at_once(ask, what)
    if what.startswith("H-"):
        return await step_down(ask, await meant(ask, what), until, despite)
    if what in ask.region.forums:
        return [*await closed(ask, ask.region.forum(what), result)]
    return await _meeting(ask, what)


async def _meeting(ask: Ask, meeting: str) -> list[Answer]:
    found = (
        await meeting_of(ask, meeting)
        if meeting
        else await meeting_meant(ask, MeetingState.OPEN, "meeting")
    )
    function = lead_of(ask, ask.region.forum(found.forum)).function
    if found.state != MeetingState.OPEN:
        raise Refusal(
            "meeting_not_open", id=found.id, state=str(found.state),
            ended_at=found.ended_at, ended_by=found.ended_by, starts_at=found.starts_at,
        )  # fmt: skip
    asked = await question(ask, found) if is_conference(ask.region, found) else []
    return [*await end_meeting(ask, found, function), *asked]
