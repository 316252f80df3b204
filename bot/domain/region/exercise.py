"""An exercise, as the law that is practised knows it (R22)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Exercise:
    """What is practised: its code (ÖVN1), its title, and by mxid who takes part."""

    code: str
    title: str
    participants: frozenset[str]
    ended: bool = False
    ways: bool = False
    """Whether the law has other ways than Matrix. None of them is used in an exercise: live
    addresses are live duty."""
