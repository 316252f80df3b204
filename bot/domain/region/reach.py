"""How it is seen to beforehand that everybody can be reached (R1, R11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from bot.domain.region.meetings import Cadence

AT_NIGHT = time(2)
"""When it is looked ahead for gaps, local time, where the law says nothing."""


@dataclass(frozen=True)
class Reach:
    """When it is looked for gaps each night, and when a test call goes out by itself.

    `test_call` None: test calls are made on demand only. `test_minutes` is how long there is to
    answer one; `result_to` the function that is told the totals of one that nobody asked for.
    """

    look_at: time = AT_NIGHT
    test_call: Cadence | None = None
    test_minutes: int = 30
    result_to: str | None = None
