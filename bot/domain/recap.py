"""What somebody is told who comes into a forum's room late, and when."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

RECAP = "member.recap"
"""The kind of deadline; it is about "room_id mxid"."""
DEVICE_AWAITED = timedelta(minutes=5)
"""How long a device that can read it is awaited."""
NOT_AGAIN = timedelta(hours=12)
"""How long who comes and goes is not told the same again."""
AGREEMENTS = 3
"""How many of the agreements that hold are named, the latest."""


def equipped(mxid: str) -> str:
    """Give the name under which it is kept that a person has a device that can read."""
    return f"equipped {mxid}"


def told(subject: str) -> str:
    """Give the name under which it is kept what somebody was told, and when."""
    return f"recap {subject}"


def mark(facts: Mapping[str, Any], now: datetime) -> str:
    """Write what is kept of a recap: when it was given, and a digest of what it said."""
    return f"{now.isoformat()} {_digest(facts)}"


def is_news(kept: str | None, facts: Mapping[str, Any], now: datetime) -> bool:
    """Tell whether it is worth telling: something is new, or it was long ago."""
    if not kept:
        return True
    at, _, digest = kept.partition(" ")
    return digest != _digest(facts) or now - datetime.fromisoformat(at) >= NOT_AGAIN


def _digest(facts: Mapping[str, Any]) -> str:
    return hashlib.sha256(repr(sorted(facts.items())).encode()).hexdigest()[:16]
