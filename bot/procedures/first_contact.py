"""The judgement that the group is to meet: with whom, when, and what is told of it (S19)."""

from __future__ import annotations

from datetime import datetime

from bot.asking.ask import Ask
from bot.asking.times import read_time
from bot.asking.words import Words, unquoted
from bot.domain.answer import Answer, Refusal
from bot.domain.concerned import Named, named
from bot.domain.model import Holding, Incident, IncidentState, MeetingState
from bot.procedures.assessing import Verdict, settle
from bot.procedures.contacting import Meeting, call, concern, join, running
from bot.procedures.postponing import move


async def first_contact(
    ask: Ask, incident: Incident, held: Holding, words: str, also: Named
) -> list[Answer]:
    """Call the group, with those named; called already, only those who are new (S19).

    `also` are told for information.
    """
    if _contact(ask) not in ask.region.forums:
        raise Refusal("no_contact_group", id=incident.id)
    at, asked, reason = _read_contact(ask, words)
    await concern(ask, incident, asked.organisations, held)
    there = [it for it in await running(ask, incident) if it.roll.forum.code == _contact(ask)]
    if there:
        calls = [said for each in there for said in await _again(ask, incident, each, at)]
    else:
        calls = await call(ask, incident, held, at)
    meeting = next(iter(await running(ask, incident)), None)
    verdict = Verdict(
        IncidentState.CONTACT, reason, meeting=meeting.facts if meeting else None,
        also=also.organisations, unknown=(*asked.unknown, *also.unknown),
    )  # fmt: skip
    return [*await settle(ask, incident, held, verdict), *calls]


async def _again(
    ask: Ask, incident: Incident, meeting: Meeting, at: datetime | None
) -> list[Answer]:
    """Move the group that is called to a new time, if one is said; call those who are new."""
    met = meeting.roll.meeting
    moves = at is not None and at != met.starts_at and met.state == MeetingState.CALLED
    moved = await move(ask, met, at) if at and moves else []
    return [*moved, *await join(ask, incident, meeting)]


def _contact(ask: Ask) -> str | None:
    return ask.region.cooperation.contact


def _read_contact(ask: Ask, words: str) -> tuple[datetime | None, Named, str]:
    """Read when to meet, if it is said first; whom it concerns; and why, if it is in quotes."""
    at, left = moment_first(ask, words)
    quoted = [word for word in left if word != unquoted(word)]
    plain = " ".join(word for word in left if word not in quoted)
    return at, named(ask.region, plain), " ".join(unquoted(word) for word in quoted)


def moment_first(ask: Ask, line: str) -> tuple[datetime | None, list[str]]:
    """Take a time off the front of a line, if one stands there; Refusal where it has passed."""
    words = Words.of(line, {})
    first = (words.peek() or "").casefold()
    if not (first[:1].isdigit() or first[:1] == "+" or first.rstrip(".") in {"kl", "at", "i"}):
        return None, words.left()
    at = read_time(words, ask)
    if at <= ask.now:
        raise Refusal("time_passed", at=at)
    return at, words.left()
