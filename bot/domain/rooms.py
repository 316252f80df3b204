"""Which rooms the law asks for: a Space for the region, one per level, a room per forum.

A room is known by its key: "space", "level:CODE", "forum:CODE". The words in it are the
operator's; they come in as `Say`, a template's name and facts turned into a line.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.domain.answer import Facts, Typed
from bot.domain.menus import Offer
from bot.domain.region import Forum, Region, everything

Say = Callable[[str, Facts], str]
"""Turns a template's name and its facts into one line of plain text."""

SPACE = "space"
EXERCISE = "exercise:"
"""With this the key of an exercise's own Space begins; its code follows."""
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
        return () if stand_apart(self.version) else (self.bot, *self.creators)


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
    menu: tuple[Offer, ...] = ()
    """What clients show that can be asked of the bot here; nothing in a Space."""
    closed: bool = False
    """Kept to be read: nobody but the bot may write there any more."""

    @property
    def is_space(self) -> bool:
        """Tell whether it only holds other rooms."""
        return not self.key.startswith("forum:")

    @property
    def gate(self) -> str | None:
        """Give the key of the Space whose members may come in; None where all are invited.

        Membership of a level's Space is not membership of the region's: only the latter counts.
        """
        practised = (self.parent or "").startswith(EXERCISE)
        return self.parent if self.parent is None or practised else SPACE

    @property
    def encrypted(self) -> bool:
        """Tell whether it is to be encrypted; nobody writes in a Space."""
        return self.settings.encrypted and not self.is_space


def stand_apart(version: str) -> bool:
    """Tell whether a room of that version has its creators above the power levels."""
    return not version.isdecimal() or int(version) >= CREATORS_STAND_APART


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


def wanted_rooms(
    region: Region,
    settings: RoomSettings,
    say: Say,
    menu: tuple[Offer, ...] = (),
    incidents: Sequence[str] = (),
) -> tuple[WantedRoom, ...]:
    """List the rooms, each after the Space it is in. Those only used when activated are there too.

    The tool must be ready before the night: a forum at rest has its room. `incidents` are those
    that are activated, and awake for which its topic says it is.
    """
    rooms = _rooms(region, settings, say, incidents)
    return tuple(room if room.is_space else replace(room, menu=menu) for room in rooms)


def _rooms(
    region: Region, settings: RoomSettings, say: Say, incidents: Sequence[str]
) -> Iterator[WantedRoom]:
    def room(key: str, name: str, topic: str, parent: str | None, order: int) -> WantedRoom:
        alias = alias_of(region, key, settings.namespace)
        return WantedRoom(key, region.code, alias, name, topic, parent, f"{order:04}", settings)

    levels = sorted(region.levels.values(), key=lambda level: level.rank)
    space = {"region": region.name}
    yield room(SPACE, region.name, say("room/space_topic", space), None, 0)
    for order, level in enumerate(levels, 1):
        topic = say("room/level_topic", {"level": level.code, "region": region.name})
        yield room(level_key(level.code), level.names.in_(region.language), topic, SPACE, order)
    for order, forum in enumerate((*region.forums.values(), *region.closed_forums), 1):
        named, topic = _named(region, forum, say), say("room/topic", forum_facts(forum, incidents))
        made = room(forum_key(forum.code), named, topic, level_key(forum.level), order)
        yield replace(made, closed=not region.in_use(forum.code))
    for world in everything(region.exercises).values():
        yield from (_practised(world, each, say) for each in _exercise(world, room, say))


def _exercise(
    world: Region, room: Callable[[str, str, str, str | None, int], WantedRoom], say: Say
) -> Iterator[WantedRoom]:
    """List an exercise's rooms: a Space of its own, and the forums that it practises in that."""
    assert world.exercise is not None  # noqa: S101 - the caller goes through exercises
    key = EXERCISE + world.exercise.code
    yield room(key, world.exercise.title, say("room/space_topic", {"region": world.name}), None, 0)
    for order, forum in enumerate(world.forums.values(), 1):
        topic = say("room/topic", forum_facts(forum))
        yield room(forum_key(forum.code), _named(world, forum, say), topic, key, order)


def _practised(world: Region, room: WantedRoom, say: Say) -> WantedRoom:
    """Put the exercise's mark in the room's name and topic, and close it when that is over."""
    assert world.exercise is not None  # noqa: S101 - the caller goes through exercises
    mark = say("exercise/mark", {"exercise": world.exercise.code})
    name, topic = f"{mark} {room.name}", f"{mark}. {room.topic}"
    if not world.exercise.ended:
        return replace(room, name=name, topic=topic)
    name = say("room/closed_name", {"name": Typed(name)})
    return replace(room, name=name, topic=topic, closed=not room.is_space)


def _named(region: Region, forum: Forum, say: Say) -> str:
    called = Typed(forum.names.in_(region.language))
    named = say("room/name", {"forum": forum.code, "called": called})
    if region.in_use(forum.code):
        return named
    return say("room/closed_name", {"name": Typed(named)})


def topics(region: Region, say: Say, incidents: Sequence[str]) -> dict[str, str]:
    """Write, by key, the topics of the rooms that are awake for these incidents or at rest."""
    return {
        forum_key(forum.code): say("room/topic", forum_facts(forum, incidents))
        for forum in region.forums.values()
        if forum.activated_only
    }


def forum_facts(forum: Forum, incidents: Sequence[str] = ()) -> Facts:
    """Tell what a forum is for, who leads it and where it reports; codes, no words.

    `incidents` are those because of which what is for activated mode is awake.
    """
    return {
        "active": list(incidents) if forum.activated_only else [],
        "forum": forum.code,
        "purpose": forum.purpose,
        "level": forum.level,
        "chair": forum.chair,
        "reports_to": forum.escalates_to,
        "activated_only": forum.activated_only,
        "support_only": forum.support_only,
        "ends": forum.temporary.ends.isoformat() if forum.temporary else None,
    }
