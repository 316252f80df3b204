"""What a region file says of looking ahead and of test calls."""

from __future__ import annotations

from datetime import time

from bot.domain.region import Cadence, Reach
from config.region_file.reading import Reading


def reach_of(reading: Reading) -> Reach:
    """Give when gaps are looked for, and when test calls go out; by themselves only if named."""
    written = reading.shape.reach
    look_at, test = time.fromisoformat(written.look_at), written.test_call
    if test is None:
        return Reach(look_at)
    every = Cadence(test.rule, time.fromisoformat(test.at))
    return Reach(look_at, every, test.minutes, test.result_to)
