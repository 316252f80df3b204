"""Seconds on a clock that only this process reads, and that never turns back."""

from __future__ import annotations

import asyncio


def now() -> float:
    """Give the seconds; only their differences mean anything."""
    return asyncio.get_running_loop().time()
