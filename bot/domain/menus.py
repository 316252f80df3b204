"""What a room's menu says can be asked of the bot there, as clients build it from (MSC4391).

A command is a piece of the room's state. One that is no longer offered is emptied, not deleted:
state cannot be. Its key is a digest of the command and who offers it, so that no two bots meet.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Content = Mapping[str, Any]
DESCRIPTION = "org.matrix.msc4391.command_description"


@dataclass(frozen=True)
class Field:
    """A field of a command's form; `among` are the only words it takes, empty for any text."""

    key: str
    says: str
    among: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True)
class Offer:
    """A command as a menu shows it. `rest` is the key of the field for a whole sentence, if any."""

    command: str
    aliases: tuple[str, ...]
    says: str
    fields: tuple[Field, ...] = ()
    rest: str | None = None


@dataclass(frozen=True)
class Menus:
    """What is offered in the forums' rooms, and in the direct ones."""

    forum: tuple[Offer, ...] = ()
    direct: tuple[Offer, ...] = ()


def state_key(command: str, bot: str) -> str:
    """Give the key under which that bot describes that command."""
    digest = hashlib.sha256(f"{command}{bot}".encode()).digest()
    return base64.b64encode(digest).decode()


def described(offer: Offer) -> Content:
    """Write the description.

    What must be filled in comes first; after the sentence nothing that must be may come.
    """
    fields = sorted(offer.fields, key=lambda field: (field.optional, field.key == offer.rest))
    content: dict[str, Any] = {
        "command": offer.command,
        "aliases": list(offer.aliases),
        "description": _text(offer.says),
        "parameters": [_parameter(field) for field in fields],
    }
    return content | ({"fi.mau.tail_parameter": offer.rest} if offer.rest else {})


def descriptions(offers: Sequence[Offer], bot: str) -> dict[str, Content]:
    """Give every description by its key."""
    return {state_key(offer.command, bot): described(offer) for offer in offers}


def changes(
    wanted: Mapping[str, Content], there: Mapping[str, Content], bot: str
) -> dict[str, Content]:
    """Give what must be written so that a room's menu is as wanted; {} withdraws a command.

    Only what that bot has described is withdrawn: another's key is made with another name.
    """
    new = {key: content for key, content in wanted.items() if there.get(key) != content}
    old = (key for key, content in there.items() if key not in wanted and _is_of(bot, key, content))
    return new | {key: {} for key in old}


def _is_of(bot: str, key: str, content: Content) -> bool:
    command = content.get("command")
    return isinstance(command, str) and key == state_key(command, bot)


def _parameter(field: Field) -> Content:
    words = [{"schema_type": "literal", "value": word} for word in field.among]
    union = {"schema_type": "union", "variants": words}
    schema = union if words else {"schema_type": "primitive", "type": "string"}
    content = {"key": field.key, "schema": schema, "description": _text(field.says)}
    return content | ({"optional": True} if field.optional else {})


def _text(words: str) -> Content:
    return {"m.text": [{"body": words}]}
