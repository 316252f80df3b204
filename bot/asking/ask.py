"""Who asks what, where and when: all that a command or a deadline gets to know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.answer import InForum, Place
from bot.domain.incoming import Proof
from bot.domain.model import Holding
from bot.domain.region import Forum, Language, Region

A_MOMENT = timedelta(microseconds=1)


class Verb(Protocol):
    """What help needs to know of a command."""

    @property
    def name(self) -> str:
        """Give the English name, under which its words are found."""

    @property
    def names(self) -> frozenset[str]:
        """Give every word that means it."""

    @property
    def allowed(self) -> Callable[[Ask], bool]:
        """Tell who may, where and when."""

    @property
    def real(self) -> bool:
        """Tell whether it is only for what is real: what it does would reach out of an exercise."""


@dataclass(frozen=True)
class Ring:
    """Time asks: a deadline about `subject` has come, which was due at `due_at`."""

    session: AsyncSession
    region: Region
    now: datetime
    subject: str
    due_at: datetime


@dataclass(frozen=True)
class Ask:
    """A person asks.

    `place` is where, `forum` that place's forum or None, `direct` whether it is the person's own
    direct room. `holdings` are what the person holds at this moment, in the order of the law.
    `about` is the subject of the bot's message that was answered or tapped, or None.
    """

    session: AsyncSession
    region: Region
    now: datetime
    mxid: str
    name: str
    place: Place
    direct: bool
    holdings: tuple[Holding, ...]
    language: Language
    event_id: str
    thread: str | None = None
    """The event that the thread it was asked in began with, None outside threads."""
    about: str | None = None
    answered: bool = False
    """Said in reply to a message of the bot's, whatever that was about."""
    tapped: bool = False
    """Asked by a reaction or in a form: what it does shows, and need not be said again."""
    verbs: tuple[Verb, ...] = ()
    """All that can be said, for help."""
    proof: Proof | None = None
    """The device it was asked from; None where the homeserver alone says who asks."""
    unsaid: str | None = None
    """The command that has asked this person, here, for the words that go with it."""
    heard_at: datetime | None = None
    """When it came, if it could not be read or believed then."""
    operator: bool = False
    """Asked by somebody who runs the bot; that gives no say in a forum."""

    @property
    def origin(self) -> dict[str, Any] | str:
        """Say for the record how it is known who asks: a device, or the homeserver's word."""
        if self.proof is None:
            return "homeserver"
        return {name: value for name, value in asdict(self.proof).items() if name != "shown"}

    @property
    def came_at(self) -> datetime:
        """Give when it came. What could not be read then is before what came with it and could.

        Nobody knows otherwise; whoever is told that their other answer counts can say so again.
        """
        return self.heard_at - A_MOMENT if self.heard_at else self.now

    @property
    def forum(self) -> Forum | None:
        """Give the forum whose room this is, or None."""
        return self.region.forum(self.place.forum) if isinstance(self.place, InForum) else None

    @property
    def functions(self) -> tuple[str, ...]:
        """List the codes of the functions the person holds or stands in for now."""
        return tuple(dict.fromkeys(holding.function for holding in self.holdings))

    def about_id(self, kind: str) -> str | None:
        """Give the id of the thing that was answered to, if it is of that kind."""
        found, _, id_ = (self.about or "").partition(":")
        return id_ if found == kind else None
