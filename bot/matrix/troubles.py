"""What an event tells of the bot's own standing in a room, and of how old the event is."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.incoming import TroubleKind
from bot.matrix.claims import Json, mapping

MEGOLM = "m.megolm.v1.aes-sha2"
"""The one algorithm that rooms are encrypted with: any other closes them to everybody's clients."""
MOST_AGE_MS = 10**13  # three hundred years: more is no time


def found(raw: Json, me: str) -> TroubleKind | None:
    """Tell what was done to the bot in a room, if the event is that; the law decides the rest."""
    kind, key, content = raw.get("type"), raw.get("state_key"), mapping(raw.get("content"))
    if kind == "m.room.tombstone" and key == "":
        return "replaced"
    if kind == "m.room.power_levels" and key == "":
        before = mapping(mapping(raw.get("unsigned")).get("prev_content"))
        # In a room of version 12 its creators stand in neither, and keep what they have.
        return "demoted" if _level(content, me) < _level(before, me) else None
    if kind == "m.room.encryption" and key == "":
        return "unsealed" if content.get("algorithm") != MEGOLM else None
    if kind == "m.room.member" and key == me:
        return _removed(content.get("membership"), by_itself=raw.get("sender") == me)
    return None


def age(raw: Json, sent_at: datetime, now: datetime) -> timedelta:
    """Read how long the server has had an event; its own clock measured both ends.

    Of what came from another homeserver it does not tell that, nor of what was kept to be read
    later: then it is from when the sender's server says it was sent, but never less than nothing.
    """
    told = mapping(raw.get("unsigned")).get("age")
    if isinstance(told, int):
        return timedelta(milliseconds=min(max(told, 0), MOST_AGE_MS))
    return max(now - sent_at, timedelta())


def _removed(membership: object, *, by_itself: bool) -> TroubleKind | None:
    if membership == "ban":
        return "banned"
    if membership == "leave":
        return "left" if by_itself else "kicked"
    return None


def _level(power: Json, mxid: str) -> int:
    """Read somebody's own power; 0 where they are not named."""
    level = mapping(power.get("users")).get(mxid, 0)
    return level if isinstance(level, int) else 0
