"""The seats of a call as the oracle of random nights keeps them, and who has a turn in each."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

WAITING, ASKED, SILENT, GONE, YES, NO = "waiting", "asked", "silent", "gone", "yes", "no"


@dataclass
class Turn:
    """One person in a seat's chain."""

    person: str
    function: str
    rank: int
    state: str = WAITING
    at: datetime | None = None
    until: datetime | None = None


@dataclass
class Place:
    """A seat: its functions in the law's order, its chain, and who answers for it."""

    functions: list[str]
    chain: list[Turn] = field(default_factory=list)
    by: str | None = None
    standing: tuple[bool, int] = (True, 99)
    comes: bool = False
    ended: str = ""
    """How it stood when there was nobody left to ask; a later change of the roster is too late."""
    said: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """By person what they have said and not taken back: (event, answer)."""

    @property
    def own(self) -> str:
        return self.functions[0]

    def turn_of(self, person: str) -> Turn | None:
        return next((turn for turn in self.chain if turn.person == person), None)

    def asked(self) -> list[Turn]:
        """List who has been asked, in that order."""
        asked = [(it.at, number, it) for number, it in enumerate(self.chain) if it.at]
        return [it for _, _, it in sorted(asked, key=lambda row: row[:2])]

    def running(self) -> list[Turn]:
        return [] if self.by else [turn for turn in self.chain if turn.state == ASKED]
