"""Commands chosen from a client's menu, as they come in a message (MSC4391)."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.incoming import Chosen
from bot.matrix.claims import Json, mapping, name, text

KINDS = ("m.room.message", "m.room.bot.command")
BLOCKS = ("org.matrix.msc4391.command", "m.bot.command")
MOST_FIELDS = 50
EXACT = 2**53  # the largest integer canonical JSON has


def block_of(content: Json) -> Json | None:
    """Give the part of a message that is a command chosen from a menu, if there is one."""
    return next((it for key in BLOCKS if isinstance(it := content.get(key), Mapping)), None)


def is_for(me: str, content: Json) -> bool:
    """Tell whether it was chosen from that bot's menu: it is mentioned, and nobody else is."""
    return mapping(content.get("m.mentions")).get("user_ids") == [me]


def read(block: Json) -> Chosen:
    """Read the command and its fields; one left empty is none, and of what is strange None."""
    given = mapping(block.get("arguments"))
    fields = [(text(key), value) for key, value in given.items() if value is not None]
    told = tuple((key or "", _words(value)) for key, value in fields[:MOST_FIELDS])
    return Chosen(text(block.get("command")) or "", told)


def _words(value: object) -> str | None:
    """Give the words of a value of any of the kinds that a menu may ask for; a room's is its id.

    The prose of the proposal calls the id of a room `room_id`, its example `id`.
    """
    match value:
        case str():
            return text(value)
        case bool():
            return "true" if value else "false"
        case int() if abs(value) <= EXACT:
            return str(value)
        case Mapping():
            return next(
                (it for key in ("event_id", "room_id", "id") if (it := name(value.get(key)))), None
            )
    return None
