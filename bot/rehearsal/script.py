"""A scenario, once it has been found right: who plays, and what happens when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.domain.region import Region
from bot.rehearsal.shape import HabitsShape
from config.problem import FileWrong

WITHIN = timedelta(seconds=60)  # how long an expectation may wait, unless it says otherwise
MAIN = "main"
"""The homeserver of the bot, and of everybody who is on no other."""


class ScenarioFileWrong(FileWrong):
    """The scenario is refused; nothing of it has been played."""


@dataclass(frozen=True, order=True)
class Role:
    """A function's holder (rank 1), its first deputy (2), and so on."""

    function: str
    rank: int

    def __str__(self) -> str:
        """Write it as a scenario does."""
        return f"{self.function}/{self.rank}"


@dataclass(frozen=True)
class Holds:
    """Somebody, or nobody, holds a function from one moment until before another."""

    role: Role
    who: Role | None
    starts: datetime | None = None
    ends: datetime | None = None


Where = str
"""A forum's code, or `direct`: the direct room between the bot and whoever is meant."""
DIRECT = "direct"


@dataclass(frozen=True)
class Say:
    """Somebody writes."""

    who: Role
    where: Where
    text: str


@dataclass(frozen=True)
class React:
    """Somebody puts a reaction on the bot's latest message, or the latest that matches."""

    who: Role
    where: Where
    key: str
    to: str | None


@dataclass(frozen=True)
class Choose:
    """Somebody fills in a poll, the latest or the latest that matches; words may follow."""

    who: Role
    where: Where
    choice: str | int
    on: str | None
    text: str | None


@dataclass(frozen=True)
class Expect:
    """The bot has said it, within so long; `direct` is whose direct room, when not a forum's."""

    where: Where
    direct: Role | None
    says: str | None
    mentions: tuple[Role, ...]
    file: str | None
    count: int | None
    within: timedelta
    never: bool = False


@dataclass(frozen=True)
class Members:
    """A room's joined or invited people."""

    forum: str
    include: tuple[Role, ...]
    exclude: tuple[Role, ...]
    within: timedelta


@dataclass(frozen=True)
class Save:
    """Keep the first group of the latest match under a name."""

    where: Where
    direct: Role | None
    names: Mapping[str, str]


@dataclass(frozen=True)
class Do:
    """Something happens to a machine: the bot's process, or a homeserver."""

    verb: str
    what: str = ""


Act = Say | React | Choose | Expect | Members | Save | Do


@dataclass(frozen=True)
class Step:
    """One act, at a moment in UTC; `line` is where in the file it stands."""

    at: datetime
    line: int
    act: Act


@dataclass(frozen=True)
class Script:
    """The whole scenario. `encrypted` None means as the bot does by itself."""

    file: Path
    title: str
    region: Region
    region_file: Path
    start: datetime
    encrypted: bool | None
    homeservers: Mapping[str, tuple[str, ...]]
    people: Mapping[str, Role]
    roster: tuple[Holds, ...]
    automaton: Mapping[str, HabitsShape]
    steps: tuple[Step, ...]
