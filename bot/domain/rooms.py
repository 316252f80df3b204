"""Which rooms the law asks for: a Space for the region, one per level, a room per forum.

A room is known by its key: "space", "level:CODE", "forum:CODE". The words in it are the
operator's; they come in as `Say`, a template's name and facts turned into a line.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.domain.answer import Facts
from bot.domain.region import Forum, Region

Say = Callable[[str, Facts], str]
"""Turns a template's name and its facts into one line of plain text."""

SPACE = "space"
ALIAS_LENGTH = 24
CREATORS_STAND_APART = 12
"""From this room version creators stand above the power levels and must not be listed in them."""


@dataclass(frozen=True)
class RoomSettings:
    """What the operator says of the rooms.

    `bot` and `creators` (the standby bot and the break-glass person) are mxids. `namespace` keeps
    two sets of rooms for one region apart, such as an exercise's.
    """

    bot: str
    creators: tuple[str, ...] = ()
    encrypted: bool = True
    version: str = "12"
    namespace: str = ""

    @property
    def via(self) -> tuple[str, ...]:
        """List the servers through which the rooms are found: the bot's, then its creators'."""
        return tuple(dict.fromkeys(mxid.partition(":")[2] for mxid in (self.bot, *self.creators)))

    @property
    def listed_creators(self) -> tuple[str, ...]:
        """List who must stand in the power levels: nobody, from version 12 on."""
        apart = not self.version.isdecimal() or int(self.version) >= CREATORS_STAND_APART
        return () if apart else (self.bot, *self.creators)


@dataclass(frozen=True)
class WantedRoom:
    """A room as the law and the settings want it. `parent` is the key of the Space it is in."""

    key: str
    region: str
    alias: str
    name: str
    topic: str
    parent: str | None
    order: str
    settings: RoomSettings

    @property
    def is_space(self) -> bool:
        """Tell whether it only holds other rooms."""
        return not self.key.startswith("forum:")

    @property
    def encrypted(self) -> bool:
        """Tell whether it is to be encrypted; nobody writes in a Space."""
        return self.settings.encrypted and not self.is_space


def level_key(code: str) -> str:
    """Give the key of a level's Space."""
    return f"level:{code}"


def forum_key(code: str) -> str:
    """Give the key of a forum's room."""
    return f"forum:{code}"


def forum_of(key: str) -> str | None:
    """Give the code of the forum whose room has that key, or None."""
    kind, _, code = key.partition(":")
    return code if kind == "forum" else None


def alias_of(region: Region, key: str, namespace: str = "") -> str:
    """Give the room's alias before the colon: the same every time, and saying nothing."""
    told = f"{namespace}\0{region.code}\0{key}"
    return hashlib.sha256(told.encode()).hexdigest()[:ALIAS_LENGTH]


def wanted_rooms(region: Region, settings: RoomSettings, say: Say) -> tuple[WantedRoom, ...]:
    """List the rooms, each after the Space it is in. Those only used when activated are there too.

    The tool must be ready before the night: a forum at rest has its room.
    """
    return tuple(_rooms(region, settings, say))


def _rooms(region: Region, settings: RoomSettings, say: Say) -> Iterator[WantedRoom]:
    def room(key: str, name: str, topic: str, parent: str | None, order: int) -> WantedRoom:
        alias = alias_of(region, key, settings.namespace)
        return WantedRoom(key, region.code, alias, name, topic, parent, f"{order:04}", settings)

    levels = sorted(region.levels.values(), key=lambda level: level.rank)
    space = {"region": region.name}
    yield room(SPACE, region.name, say("room/space_topic", space), None, 0)
    for order, level in enumerate(levels, 1):
        topic = say("room/level_topic", {"level": level.code, "region": region.name})
        yield room(level_key(level.code), level.names.in_(region.language), topic, SPACE, order)
    for order, forum in enumerate(region.forums.values(), 1):
        named = say("room/name", {"forum": forum.code})
        topic = say("room/topic", forum_facts(forum))
        yield room(forum_key(forum.code), named, topic, level_key(forum.level), order)


def forum_facts(forum: Forum) -> Facts:
    """Tell what a forum is for, who leads it and where it reports; codes, no words."""
    return {
        "forum": forum.code,
        "purpose": forum.purpose,
        "level": forum.level,
        "chair": forum.chair,
        "reports_to": forum.escalates_to,
        "activated_only": forum.activated_only,
        "support_only": forum.support_only,
        "ends": forum.temporary.ends.isoformat() if forum.temporary else None,
    }
