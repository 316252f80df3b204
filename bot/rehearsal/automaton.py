"""The people nobody wrote lines for: they answer what the bot asks, as their habits say.

Like a person, the automaton goes by what a message offers: a ✅ that the bot has put there, a
poll, a command to send back. It knows nothing else of the bot.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.region import Language
from bot.rehearsal.casting import DEFAULT
from bot.rehearsal.moments import NotATime, read_delay
from bot.rehearsal.record import Kind, Message
from bot.rehearsal.script import Role
from bot.rehearsal.shape import NEVER, POSITIONS, HabitsShape

TICK = "✅"
USUAL = HabitsShape(acknowledge="40s", position="agrees", carry="20m", confirm="30m", report="nil")
THINKS = timedelta(minutes=1)  # before filling in a position
CARRIED = re.compile(r"[!/](?:återförd|carried) AF-\d{4}-\d+", re.IGNORECASE)
PREVENTED = {"sv": "!förhinder", "en": "!decline"}


@dataclass(frozen=True)
class Reacts:
    """Puts a reaction on a message."""

    message: Message
    key: str = TICK


@dataclass(frozen=True)
class Says:
    """Answers a message in words."""

    message: Message
    words: str


@dataclass(frozen=True)
class Votes:
    """Fills in the poll about an agreement, in the room where it was asked."""

    room_id: str
    subject: str
    choice: str


Answer = Reacts | Says | Votes


@dataclass(frozen=True)
class Intention:
    """Somebody means to do something at a moment."""

    at: datetime
    who: Role
    answer: Answer


@dataclass
class Automaton:
    """Everybody without a name in the scenario. `organisation` gives a function's."""

    habits: Mapping[str, HabitsShape]
    language: Language
    organisation: Callable[[str], str]
    named: Mapping[Role, str] = field(default_factory=dict)
    """Who has a name, and so does only what is written: in the steps, or as habits of that name."""
    _due: list[tuple[datetime, int, Intention]] = field(default_factory=list)
    _done: set[tuple[Role, str]] = field(default_factory=set)
    _count: int = 0

    @property
    def next_at(self) -> datetime | None:
        """Give the moment of the next answer, if any is meant."""
        return self._due[0][0] if self._due else None

    def due(self, now: datetime) -> list[Intention]:
        """Take out what is to be done by now, in order."""
        found = []
        while self._due and self._due[0][0] <= now:
            found.append(heapq.heappop(self._due)[2])
        return found

    def consider(self, message: Message, asked: Iterable[Role], now: datetime) -> None:
        """Look at what the bot has said, and decide who will answer what when."""
        kind, _, id_ = (message.subject or "").partition(":")
        offers = bool(message.reactions.get(TICK))
        for role in sorted(asked):
            if kind == "summons" and offers:
                self._answer_summons(role, message, id_, now)
            elif kind == "agreement":
                self._take_position(role, message, now)
            elif kind == "receipt" and offers:
                delay = _delay(self._habit(role, "confirm"))
                self._mean(role, f"confirm {id_}", now, delay, Reacts(message))
            elif kind == "carry_back":
                self._carry_home(role, message, id_, now, offers=offers)

    def _answer_summons(self, role: Role, message: Message, id_: str, now: datetime) -> None:
        habit = self._habit(role, "acknowledge")
        if habit == "prevented":
            words = Says(message, f"{PREVENTED.get(self.language, PREVENTED['en'])} {id_}")
            self._mean(role, f"acknowledge {id_}", now, read_delay("40s"), words)
        else:
            self._mean(role, f"acknowledge {id_}", now, _delay(habit), Reacts(message))

    def _take_position(self, role: Role, message: Message, now: datetime) -> None:
        habit = self._habit(role, "position")
        if habit == NEVER or message.kind is Kind.FILE:
            return
        choice = habit if habit in POSITIONS else POSITIONS[0]
        delay = THINKS if habit in POSITIONS else _delay(habit)
        subject = message.subject or ""
        self._mean(role, subject, now, delay, Votes(message.room_id, subject, choice))

    def _carry_home(
        self, role: Role, message: Message, id_: str, now: datetime, *, offers: bool
    ) -> None:
        """Say that it has come; and, where there is something to hand on, that it is handed on."""
        received = _delay(self._habit(role, "acknowledge"))
        if offers:
            self._mean(role, f"receive {id_}", now, received, Reacts(message))
        told = CARRIED.search(message.plain)
        carried = _delay(self._habit(role, "carry"))
        if told and carried is not None:
            delay = carried + (received or timedelta() if offers else timedelta())
            self._mean(role, f"carry {id_}", now, delay, Says(message, told[0]))

    def _mean(
        self, role: Role, what: str, now: datetime, delay: timedelta | None, answer: Answer
    ) -> None:
        """Mean to do it, once, unless the habit is to keep still."""
        if delay is None or (role, what) in self._done:
            return
        self._done.add((role, what))
        self._count += 1
        at = now + delay
        heapq.heappush(self._due, (at, self._count, Intention(at, role, answer)))

    def _habit(self, role: Role, key: str) -> str:
        """Find the habit in the narrowest entry that has it."""
        if role in self.named:
            return str(getattr(self.habits.get(self.named[role]), key, None) or NEVER)
        wider = (str(role), role.function, self.organisation(role.function), DEFAULT)
        for name in wider:
            habit = getattr(self.habits.get(name), key, None)
            if habit is not None:
                return str(habit)
        return str(getattr(USUAL, key))


def _delay(habit: str) -> timedelta | None:
    """Give how long it takes; None for never."""
    try:
        return read_delay(habit)
    except NotATime:
        return None
