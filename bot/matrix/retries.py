"""When what failed is tried again: each thing on its own clock, with longer and longer rests."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from bot.matrix.seconds import now as _now

FIRST_REST = 5.0
LONGEST_REST = 900.0
"""Seconds, of the machine's own time: the network's troubles keep no simulated clock."""


@dataclass(frozen=True)
class _Rest:
    times: int
    until: float


class Retries:
    """What has failed, how often, and until when it rests."""

    def __init__(self, first: float = FIRST_REST) -> None:
        """Begin with rests of `first` seconds."""
        self._first = first
        self._resting: dict[str, _Rest] = {}

    def is_due(self, name: str) -> bool:
        """Tell whether it may be tried now."""
        rest = self._resting.get(name)
        return rest is None or rest.until <= _now()

    def failed(self, name: str) -> None:
        """Let it rest: 5 seconds (or what it begins with), 10, 20, … up to a quarter of an hour."""
        before = self._resting.get(name)
        times = before.times + 1 if before else 0
        rest = min(LONGEST_REST, self._first * 2.0 ** min(times, 10))
        self._resting[name] = _Rest(times, _now() + rest)

    def silent(self, name: str) -> None:
        """Let it rest shortly: nothing is wrong with it, the homeserver answers nobody."""
        before = self._resting.get(name)
        self._resting[name] = _Rest(before.times if before else -1, _now() + FIRST_REST)

    def returned(self, ending: str) -> None:
        """Let those whose names end so be tried at once."""
        for name in [it for it in self._resting if it.endswith(ending)]:
            self.worked(name)

    def worked(self, name: str) -> None:
        """Forget that it ever failed."""
        self._resting.pop(name, None)

    def keep(self, names: Collection[str]) -> None:
        """Forget all others: nobody wants them done any more."""
        self._resting = {name: rest for name, rest in self._resting.items() if name in names}

    def next_in(self) -> float | None:
        """Give the seconds until something may be tried again; None if nothing rests."""
        waits = [rest.until - _now() for rest in self._resting.values()]
        return max(0.05, min(waits)) if waits else None
