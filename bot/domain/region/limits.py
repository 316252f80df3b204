"""How long things may take, as the law gives it (b.4); `bot.domain.limits` makes moments of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time


@dataclass(frozen=True)
class After:
    """So many minutes after the fact."""

    minutes: int


@dataclass(frozen=True)
class SameDay:
    """The same day at a local wall time, or the next day's if it has already passed."""

    at: time


@dataclass(frozen=True)
class NextWorkday:
    """The next working day at a local wall time."""

    at: time


@dataclass(frozen=True)
class Workdays:
    """So many working days later, at the same local wall time."""

    days: int


@dataclass(frozen=True)
class NextMeeting:
    """When the forum meets next."""


TimeLimit = After | SameDay | NextWorkday | Workdays | NextMeeting


@dataclass(frozen=True)
class Limits:
    """The time limits of one mode, by the region file's key ("ack", "deputy_step", …)."""

    by_key: Mapping[str, TimeLimit]

    def __getitem__(self, key: str) -> TimeLimit:
        """Give the limit with that key; docs/RULES.md has what fills a file's gaps."""
        return self.by_key[key]
