"""What became of a try to hand something over, and what every way has in common."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from bot.domain.model import Dispatch, DispatchState

Begun = Callable[[], Awaitable[None]]
"""Keeps, before the first byte that counts leaves us, that it may have arrived from now on."""


@dataclass(frozen=True)
class Outcome:
    """How it went; `again` if it may be tried again. `why` is a word of `way/_state.md.j2`."""

    state: DispatchState
    why: str = ""
    again: bool = False


DELIVERED = Outcome(DispatchState.DELIVERED)
NO_ADDRESS = Outcome(DispatchState.FAILED, "no_address")


def later(why: str) -> Outcome:
    """Say that it was certainly not taken, and may be tried again."""
    return Outcome(DispatchState.WAITING, why, again=True)


def failed(why: str) -> Outcome:
    """Say that it was certainly not taken and never will be."""
    return Outcome(DispatchState.FAILED, why)


class Way(Protocol):
    """Hands a dispatch over, once, and says how it went; it raises nothing of the network's."""

    async def carry(self, dispatch: Dispatch, begun: Begun) -> Outcome:
        """Try once."""

    async def close(self) -> None:
        """Let go of what is held open."""
