"""What a room's state is to be: every event by its type and state key.

Rooms name each other by id. One that is not there yet is named by a stand-in, `unmade(key)`,
which whoever makes it puts the true id in the place of (`made`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from bot.domain.menus import DESCRIPTION, descriptions
from bot.domain.rooms import WantedRoom

Content = Mapping[str, Any]
StateKey = tuple[str, str]
"""An event's type and its state key."""
State = Mapping[StateKey, Content]

MARK = "org.samverkan.room"
CHILD = "m.space.child"
PARENT = "m.space.parent"
ENCRYPTION = "m.room.encryption"
POWER_LEVELS = "m.room.power_levels"
CREATE = "m.room.create"
TOMBSTONE = "m.room.tombstone"

_WEEK_MS = 7 * 24 * 60 * 60 * 1000
_NOBODY = 100
"""A power nobody is given: only creators may."""
_LEAD = 50
SILENT = -1
"""The power of somebody who may read and not write: everything said needs nought."""
_GUARDED = (
    POWER_LEVELS,
    ENCRYPTION,
    "m.room.server_acl",
    "m.room.history_visibility",
    "m.room.join_rules",
    "m.room.guest_access",
    MARK,
    PARENT,
    CHILD,
)
_OPEN = ("m.room.encrypted", "m.reaction", "org.matrix.msc3381.poll.response", "m.room.redaction")
_NAMED = ("m.room.name", "m.room.topic", "m.room.avatar", "m.room.canonical_alias")


def unmade(key: str) -> str:
    """Stand in for the id of a room that is not there yet."""
    return f"!unmade:{key}"


def made(thing: Any, ids: Mapping[str, str]) -> Any:  # noqa: ANN401 - any JSON
    """Put the true ids in the place of the stand-ins, deep in a content. `ids` is by key."""
    if isinstance(thing, str):
        key = thing.removeprefix("!unmade:")
        return ids[key] if key != thing else thing
    if isinstance(thing, Mapping):
        return {name: made(value, ids) for name, value in thing.items()}
    return [made(each, ids) for each in thing] if isinstance(thing, list) else thing


def power_levels(room: WantedRoom) -> Content:
    """Give the power levels: nobody but the creators has any (authority comes from the law)."""
    version_12 = not room.settings.listed_creators
    events = dict.fromkeys(_GUARDED, _NOBODY) | dict.fromkeys(_NAMED, _LEAD)
    events |= {"m.room.pinned_events": _LEAD, TOMBSTONE: 150 if version_12 else _NOBODY}
    events |= {} if room.is_space else dict.fromkeys(_OPEN, _NOBODY if room.closed else 0)
    return {
        "users": dict.fromkeys(room.settings.listed_creators, 100),
        "users_default": 0,
        "events": events,
        "events_default": _NOBODY if room.is_space or room.closed else 0,
        "state_default": _LEAD,
        "invite": _LEAD,
        "kick": _LEAD,
        "ban": _LEAD,
        "redact": _LEAD,
        "historical": _NOBODY,
    }


def silenced(levels: Content, listeners: Collection[str]) -> Content:
    """Let exactly these people read and not write; the others get their say back."""
    users = {**speaking(levels).get("users", {}), **dict.fromkeys(sorted(listeners), SILENT)}
    return {**levels, "users": users}


def speaking(levels: Content) -> Content:
    """Give power levels without those who only listen."""
    users = {mxid: level for mxid, level in levels.get("users", {}).items() if level >= 0}
    return {**levels, "users": users}


def join_rule(room: WantedRoom, ids: Mapping[str, str]) -> Content:
    """Let in who is invited and, below a Space that opens its rooms, who is a member of that."""
    if room.gate is None:
        return {"join_rule": "invite"}
    allow = {"type": "m.room_membership", "room_id": ids.get(room.gate, unmade(room.gate))}
    return {"join_rule": "restricted", "allow": [allow]}


def state_of(room: WantedRoom, ids: Mapping[str, str]) -> State:
    """Give all of a room's state but its children; `ids` are those of the rooms there are."""
    state: dict[StateKey, Content] = {
        ("m.room.name", ""): {"name": room.name},
        ("m.room.topic", ""): {"topic": room.topic},
        (MARK, ""): {"key": room.key, "region": room.region},
        (POWER_LEVELS, ""): power_levels(room),
        ("m.room.join_rules", ""): join_rule(room, ids),
        ("m.room.history_visibility", ""): {"history_visibility": "shared"},
        ("m.room.guest_access", ""): {"guest_access": "forbidden"},
    }
    if room.encrypted:
        state[ENCRYPTION, ""] = {
            "algorithm": "m.megolm.v1.aes-sha2",
            "rotation_period_ms": _WEEK_MS,
            "rotation_period_msgs": 100,
        }
    if room.parent:
        via = {"via": list(room.settings.via), "canonical": True}
        state[PARENT, ids.get(room.parent, unmade(room.parent))] = via
    for key, content in descriptions(room.menu, room.settings.bot).items():
        state[DESCRIPTION, key] = content
    return state


def child_of(room: WantedRoom) -> Content:
    """Give the content by which a Space holds that room."""
    return {"via": list(room.settings.via), "order": room.order, "suggested": True}


def creation(room: WantedRoom, ids: Mapping[str, str]) -> Content:
    """Give the body that makes the room, whole at once.

    Nobody is invited in it: one server that does not answer would fail it half way through.
    """
    creation_content: dict[str, Any] = {"m.federate": True}
    if room.is_space:
        creation_content["type"] = "m.space"
    if not room.settings.listed_creators and room.settings.creators:
        creation_content["additional_creators"] = list(room.settings.creators)
    state = state_of(room, ids)
    aside = {POWER_LEVELS, "m.room.name", "m.room.topic"}
    return {
        "room_version": room.settings.version,
        "preset": "private_chat",
        "name": room.name,
        "topic": room.topic,
        "room_alias_name": room.alias,
        "creation_content": creation_content,
        "power_level_content_override": power_levels(room),
        "initial_state": [
            {"type": type_, "state_key": state_key, "content": content}
            for (type_, state_key), content in state.items()
            if type_ not in aside
        ],
    }
