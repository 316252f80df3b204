"""The one place where the time of day is asked for, and the clock a rehearsal moves by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Something that tells the time."""

    def now(self) -> datetime:
        """Give the time, in UTC."""


class WallClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Give the time, in UTC."""
        return datetime.now(UTC)


class SteeredClock:
    """A clock that stands still until it is moved; it never goes back."""

    def __init__(self, start: datetime) -> None:
        """Begin at that moment."""
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """Give the time it was last moved to."""
        return self._now

    def move_to(self, moment: datetime) -> None:
        """Move forward; ValueError if that would be back."""
        if moment < self._now:
            msg = f"the clock cannot go back from {self._now} to {moment}"
            raise ValueError(msg)
        self._now = moment.astimezone(UTC)


class GoingClock:
    """A clock that was set to a moment and goes on from there at its natural pace."""

    def __init__(self, start: datetime) -> None:
        """Set it going."""
        self._ahead = start - datetime.now(UTC)

    def now(self) -> datetime:
        """Give the time, in UTC."""
        return datetime.now(UTC) + self._ahead
