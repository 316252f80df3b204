"""An exercise, as the law that is practised knows it (R22)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

A_MOMENT = timedelta(microseconds=1)
"""The least that two times differ by as they are kept."""


@dataclass(frozen=True)
class Exercise:
    """What is practised: its code (ÖVN1), its title, and by mxid who takes part."""

    code: str
    title: str
    participants: frozenset[str]
    ended_at: datetime | None = None
    ways: bool = False
    """Whether the law has other ways than Matrix. None of them is used in an exercise: live
    addresses are live duty."""

    @property
    def ended(self) -> bool:
        """Tell whether it is over."""
        return self.ended_at is not None

    def played(self, now: datetime) -> datetime:
        """Give the latest time at which anybody plays: now, or the last moment before its end."""
        return min(now, self.ended_at - A_MOMENT) if self.ended_at else now
