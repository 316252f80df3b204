"""What came and could not be read: how long its key is awaited, and when its sender is told."""

from __future__ import annotations

from datetime import datetime, timedelta

ASKED_AFTER = timedelta(seconds=10)
"""How long a key may be late before the sender's devices are asked for it."""
TOLD_AFTER = timedelta(seconds=60)
"""How long before the sender is told, in the room, to send it again."""
QUIET = timedelta(minutes=10)
"""How long after that nobody is told again: what follows is the same run of messages."""
EXTRA = timedelta(minutes=10)
"""How long after the sender was told a proposal waits for them."""
KEPT = timedelta(days=1)
"""How long a message is kept to be read after all."""
MOST = 100
"""How many unread messages of one person in one room are kept; they know that they were not read.
"""

ASK, TELL, EXPIRE = "unread.ask", "unread.tell", "unread.expire"
"""The kinds of deadline; the first two are about "room_id sender", the last about everything."""


def told_at(heard_at: datetime, told_before: datetime | None) -> datetime:
    """Tell when the sender is told; `told_before` is when they last were, in that room."""
    due = heard_at + TOLD_AFTER
    return max(due, told_before + QUIET) if told_before else due


def waited_for_until(heard_at: datetime) -> datetime:
    """Tell until when a proposal waits for somebody whose message could not be read."""
    return heard_at + TOLD_AFTER + EXTRA
