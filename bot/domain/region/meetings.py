"""When and how a forum meets: cadence, reporting before it, agenda, and its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from bot.domain.region.kinds import Names


@dataclass(frozen=True)
class Cadence:
    """When something comes again: an RFC 5545 rule without a time, and a local wall time.

    `minutes` is how long it lasts. `call_before` is how many minutes ahead the summons goes
    out; None leaves it to the time limits.
    """

    rule: str
    at: time
    minutes: int = 0
    call_before: int | None = None


@dataclass(frozen=True)
class ReportRequest:
    """When reporting in opens and closes before a meeting: weekday ("WE") and local time."""

    opens: tuple[str, time]
    closes: tuple[str, time]


@dataclass(frozen=True)
class Temporary:
    """A forum with an end: who ordered it, its last day, where its result goes (R23)."""

    ordered_by: str
    ends: date
    result_to: str


@dataclass(frozen=True)
class AgendaItem:
    """One point of an agenda, with the minutes it may take."""

    key: str
    names: Names
    minutes: int


@dataclass(frozen=True)
class Agenda:
    """A meeting's points in order."""

    code: str
    items: tuple[AgendaItem, ...]

    @property
    def minutes(self) -> int:
        """Sum up the points' minutes."""
        return sum(item.minutes for item in self.items)
