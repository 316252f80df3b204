"""What a command or a deadline gives back: names of words and the facts that go into them.

Nothing here holds a sentence. `bot.text` finds the words, `bot.store.letters` writes them down,
`bot.matrix.courier` carries them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.domain.region.actors import Way

Facts = Mapping[str, Any]


class Typed(str):
    """What a person typed. It never becomes markup, a mention or a link (`bot.text`)."""

    __slots__ = ()


@dataclass(frozen=True)
class InForum:
    """The room of a forum, by its code."""

    forum: str


@dataclass(frozen=True)
class Direct:
    """The direct room between the bot and a person, by mxid."""

    mxid: str


@dataclass(frozen=True)
class InRoom:
    """A room by its Matrix id: where somebody asked, if the bot knows it by nothing better."""

    room_id: str


@dataclass(frozen=True)
class Operators:
    """Those who run the bot, each in their direct room; nobody, if the settings name nobody."""


Place = InForum | Direct | InRoom | Operators


@dataclass(frozen=True)
class Ballot:
    """A form with one choice for each seat to fill in; `choices` are (key, template name)."""

    question: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Reply:
    """Something to say: the template's name and its facts, where, and to whose attention.

    `to` None means: where it was asked. `subject` ties reactions and replies to the thing the
    message is about ("summons:KA-2026-014"). `object` names a message that is edited in place:
    a later reply with the same object and place replaces the earlier one. `tap` is the reaction
    the bot puts there itself, so that one tap is enough. `call` makes it sound on a phone
    (m.text with mentions; everything else is a notice). `answers` is the event that it is a reply
    to, where it is not an answer to what was just asked.
    """

    name: str
    facts: Facts = field(default_factory=dict)
    to: Place | None = None
    mention: tuple[str, ...] = ()
    subject: str | None = None
    object: str | None = None
    tap: str | None = None
    call: bool = False
    ballot: Ballot | None = None
    paper: str | None = None
    """The name of a paper with the same facts (`paper/NAME`), which goes with it as a file."""
    answers: str | None = None


@dataclass(frozen=True)
class PollEnd:
    """Close the ballot about a subject, with the outcome in words beside it."""

    subject: str
    to: Place
    name: str
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True)
class Outward:
    """Something urgent that also goes to an organisation by another way than Matrix.

    `name` is the template of its text, and `name`_subject of its one-line heading; `data` is what
    a machine reads instead, in JSON's own values. `about` is a summons' or an incident's id, and
    `occasion` tells what of it, and which time: of that, each person is told once by each way.
    After `until` it is of no use.
    """

    name: str
    facts: Facts
    data: Facts
    way: Way
    organisation: str
    about: str
    occasion: str
    function: str
    mxid: str
    until: datetime


Answer = Reply | PollEnd | Outward


class Refusal(Exception):  # noqa: N818 - it is an answer, not an error: an expected no
    """An expected no: the template's name and its facts. Raising it undoes what was recorded."""

    def __init__(self, name: str, **facts: object) -> None:
        """Name the template under `refusal/` and give it its facts."""
        super().__init__(name)
        self.name = name
        self.facts: Facts = facts
