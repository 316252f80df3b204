"""A client of our own that knows MSC4391 and not one of our commands.

Its menu comes from a room's state alone; what it sends, from the menu and what a person fills in.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

DESCRIPTION = "org.matrix.msc4391.command_description"
BLOCK = "org.matrix.msc4391.command"
Json = Mapping[str, Any]


def words(block: Json) -> str:
    """Read a text block."""
    (first, *_) = block["m.text"]
    return str(first["body"])


@dataclass(frozen=True)
class Parameter:
    """A field to fill in."""

    key: str
    schema: Json
    optional: bool
    says: str

    def accepts(self, value: object) -> bool:
        """Tell whether the schema takes that value."""
        return _fits(self.schema, value)

    @property
    def choices(self) -> list[str]:
        """List the values to choose from; none where anything can be written."""
        return [it["value"] for it in self.schema.get("variants", ())]


@dataclass(frozen=True)
class Entry:
    """A command in the menu."""

    bot: str
    command: str
    aliases: tuple[str, ...]
    says: str
    parameters: tuple[Parameter, ...]
    tail: str | None

    def invoke(self, filled_in: Mapping[str, object]) -> dict[str, Any]:
        """Make the message; AssertionError where the form would not let it be sent."""
        known = {it.key: it for it in self.parameters}
        assert set(filled_in) <= set(known), f"{self.command} has no such field"
        for key, each in known.items():
            assert each.optional or key in filled_in, f"{self.command} needs {key}"
            assert key not in filled_in or each.accepts(filled_in[key]), (self.command, key)
        shown = " ".join(map(str, filled_in.values()))
        return {
            "msgtype": "m.text",
            "body": f"/{self.command} {shown}",
            "m.mentions": {"user_ids": [self.bot]},
            BLOCK: {"command": self.command, "arguments": dict(filled_in)},
        }


def menu(state: Sequence[Json]) -> dict[str, Entry]:
    """Build the menu of a room; what is not as the proposal says is left out of it."""
    entries = [_entry(event) for event in state if event["type"] == DESCRIPTION]
    return {entry.command: entry for entry in entries if entry}


def _entry(event: Json) -> Entry | None:
    content, bot = event["content"], event["sender"]
    if not content.get("command"):
        return None
    told = hashlib.sha256((content["command"] + bot).encode()).digest()
    if event["state_key"] != base64.b64encode(told).decode():
        return None
    parameters = tuple(
        Parameter(it["key"], it["schema"], it.get("optional", False), words(it["description"]))
        for it in content["parameters"]
    )
    keys = [it.key for it in parameters]
    tail = content.get("fi.mau.tail_parameter")
    if len(set(keys)) < len(keys) or not all(_is_schema(it.schema) for it in parameters):
        return None
    if tail and not all(it.optional for it in parameters[keys.index(tail) + 1 :]):
        return None
    says, aliases = words(content["description"]), tuple(content.get("aliases", ()))
    return Entry(bot, content["command"], aliases, says, parameters, tail)


def _is_schema(schema: Json) -> bool:
    match schema:
        case {"schema_type": "union", "variants": [*variants]}:
            return bool(variants) and all(it["schema_type"] == "literal" for it in variants)
        case {"schema_type": "primitive", "type": "string"}:
            return True
    return False


def _fits(schema: Json, value: object) -> bool:
    match schema:
        case {"schema_type": "union", "variants": [*variants]}:
            return any(_fits(it, value) for it in variants)
        case {"schema_type": "literal", "value": wanted}:
            return bool(value == wanted)
        case {"schema_type": "primitive", "type": "string"}:
            return isinstance(value, str)
    return False
