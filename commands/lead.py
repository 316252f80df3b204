"""Who is to lead: a meeting whose chair is not reached, or all about an event (R19, R27)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from bot.asking import Ask, command
from bot.asking.arguments import Part, Reader, id_reader, read_function
from bot.asking.words import Words
from bot.domain.answer import Answer
from bot.procedures.moving_chair import may_choose, move_for_incident, move_for_meeting

DIGITS = tuple(str(number) for number in range(1, 10))

_MEETING, _INCIDENT = id_reader("M", "meeting"), id_reader("H", "incident")


@dataclass(frozen=True)
class Lead:
    """What was typed: a meeting's or an incident's id; a function's code or a choice's digit."""

    what: str
    who: str


def _read(words: Words, ask: Ask) -> Lead:
    about = ask.about_id("lead")
    word = (words.peek() or "").casefold()
    if word.startswith("h-") or ask.about_id("incident"):
        what = _INCIDENT.read(words, ask)
    elif about and not word.startswith("m-"):
        what = about
    else:
        what = _MEETING.read(words, ask)
    digit = words.peek() or ""
    return Lead(what, words.take() or "" if digit in DIGITS else read_function(words, ask))


FIELDS = (Part("meeting"), Part("whom"))


@command(
    "lead", sv="leda", allowed=may_choose, votes={"lead": DIGITS},
    taps=dict.fromkeys(DIGITS, ("lead",)), counts="act",
)  # fmt: skip
async def lead(ask: Ask, said: Annotated[Lead, Reader(_read, parts=FIELDS)]) -> list[Answer]:
    """Let another function lead a meeting, or every meeting about an incident."""
    if said.what.startswith("H-"):
        return await move_for_incident(ask, said.what, said.who)
    return await move_for_meeting(ask, said.what, said.who)
