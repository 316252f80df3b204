"""What reaches the bot, once the doorway has read it: facts about who did what where, no Matrix.

`sent_at` is what the sender's server claims; nothing is decided by it. `event_id` is
what makes an event the same event when it comes twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal


@dataclass(frozen=True)
class Proof:
    """The device that an event was encrypted on, which is the sender's own by its keys.

    `identity` is the master key that has signed the device, None where none has; `shown` one that
    is the sender's, as their homeserver shows it, and has not; `device_key` the device's Ed25519
    key. All are unpadded base64.
    """

    device: str
    device_key: str
    identity: str | None = None
    shown: str | None = None


@dataclass(frozen=True)
class Event:
    """Something that happened in a room.

    `proof` is None for what was said in clear: the sender's homeserver alone stands for it.
    """

    event_id: str
    room_id: str
    sender: str
    sent_at: datetime
    proof: Proof | None = field(default=None, kw_only=True)
    age: timedelta = field(default=timedelta(), kw_only=True)
    """How long it had been with the server when it was read."""
    heard_at: datetime | None = field(default=None, kw_only=True)
    """When it first came, if it could not be read or believed then."""
    message: tuple[str, int] | None = field(default=None, kw_only=True)
    """Under which key, and as which of the messages under it, it was encrypted."""


@dataclass(frozen=True)
class Chosen:
    """A command chosen from a menu, with its fields as they were filled in (MSC4391).

    A field of None holds what no field of ours can: it is refused by whoever knows the command.
    """

    command: str
    fields: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True)
class Said(Event):
    """Somebody wrote. `addressed`: the bot was mentioned, named, or a bot message replied to.

    What is `chosen` counts instead of the body, which only shows it to people.
    `thread` is the event that the thread it was written in began with, None outside threads.
    """

    body: str
    reply_to: str | None = None
    addressed: bool = False
    thread: str | None = None
    chosen: Chosen | None = None


@dataclass(frozen=True)
class Reacted(Event):
    """Somebody put a reaction on a message."""

    target: str
    key: str


@dataclass(frozen=True)
class Voted(Event):
    """Somebody filled in a poll; `choices` are the answers' keys, empty when taken back.

    What is no answer's key ("" where there was not even a word) spoils the ballot (MSC3381).
    """

    poll: str
    choices: tuple[str, ...]


@dataclass(frozen=True)
class PollEnded(Event):
    """Somebody else than the bot closed a poll."""

    poll: str


@dataclass(frozen=True)
class TakenBack(Event):
    """Somebody removed a message, a reaction or a vote: `target`; `sender` is who removed it."""

    target: str


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
    """A message whose key the bot does not have: `raw` as it came, in JSON, to be read later.

    `about` is the event that it answers to, where that stands outside what is encrypted.
    """

    session_id: str
    raw: str
    about: str | None = None


@dataclass(frozen=True)
class Forged(Event):
    """Words on a key of another person's device: the sender never wrote them (D16).

    `target` is what they would have answered to, if that was said in clear.
    """

    target: str | None = None


@dataclass(frozen=True)
class Sealed(Event):
    """A room is encrypted, and stays so: nothing is said there in clear any more."""


@dataclass(frozen=True)
class Again:
    """What was laid aside and is to be heard now, each as it was kept (`bot.dispatch.holding`)."""

    events: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Equipped:
    """Somebody has a device that can be written to."""

    mxid: str


TroubleKind = Literal["kicked", "banned", "left", "replaced", "demoted", "unsealed"]


@dataclass(frozen=True)
class Troubled(Event):
    """A room was taken from the bot, or its power there; `sender` is who did it."""

    what: TroubleKind


Incoming = (
    Said
    | Reacted
    | Voted
    | PollEnded
    | TakenBack
    | Moved
    | Echoed
    | Unreadable
    | Forged
    | Sealed
    | Troubled
)
Reported = Incoming | Equipped
"""What came in a room, and what the doorway found out by itself."""
