"""What reaches the bot, once the doorway has read it: facts about who did what where, no Matrix.

`sent_at` is what the sender's server claims; nothing is decided by it. `event_id` is
what makes an event the same event when it comes twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Event:
    """Something that happened in a room."""

    event_id: str
    room_id: str
    sender: str
    sent_at: datetime


@dataclass(frozen=True)
class Said(Event):
    """Somebody wrote. `addressed`: the bot was mentioned, named, or a bot message replied to."""

    body: str
    reply_to: str | None = None
    addressed: bool = False


@dataclass(frozen=True)
class Reacted(Event):
    """Somebody put a reaction on a message."""

    target: str
    key: str


@dataclass(frozen=True)
class Voted(Event):
    """Somebody filled in a poll; `choices` are the answers' keys, empty when taken back."""

    poll: str
    choices: tuple[str, ...]


@dataclass(frozen=True)
class Moved(Event):
    """A person's membership in a room changed; `by_us` if it was the bot that changed it."""

    mxid: str
    membership: str
    name: str | None = None
    by_us: bool = False


@dataclass(frozen=True)
class Echoed(Event):
    """The bot's own message has come back: the letter of that id is in the room."""

    letter: str


@dataclass(frozen=True)
class Unreadable(Event):
    """A message whose key the bot does not have."""


@dataclass(frozen=True)
class Sealed(Event):
    """A room is encrypted, and stays so: nothing is said there in clear any more."""


Incoming = Said | Reacted | Voted | Moved | Echoed | Unreadable | Sealed
