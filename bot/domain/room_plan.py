"""What must be done so that the rooms are as the law wants them; done twice, nothing is left.

Every step is safe to repeat and says why. A room whose forum the law no longer has is taken out
of its Space, so that the Space shows the law, and otherwise left as it is: what was written in it
may be an official document at every authority in it, and nothing is deleted by the bot (R21).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.answer import Facts
from bot.domain.menus import DESCRIPTION, changes, descriptions
from bot.domain.room_state import (
    CHILD,
    CREATE,
    ENCRYPTION,
    PARENT,
    POWER_LEVELS,
    TOMBSTONE,
    Content,
    State,
    StateKey,
    child_of,
    speaking,
    state_of,
    unmade,
)
from bot.domain.rooms import WantedRoom, stand_apart

_STATE_DEFAULT = 50
"""What the specification has state events need where the room does not say."""


@dataclass(frozen=True)
class Why:
    """A step's reason: a case of the template `room/why`, and the facts of that case."""

    name: str
    facts: Facts = field(default_factory=dict)

    @property
    def told(self) -> Facts:
        """Give all that the template needs."""
        return {"why": self.name, **self.facts}


@dataclass(frozen=True)
class Create:
    """Make the room."""

    key: str
    why: Why
    sign = "+"


@dataclass(frozen=True)
class Rejoin:
    """Go into the room again; where it lets nobody in, make it anew."""

    key: str
    why: Why
    sign = "+"


@dataclass(frozen=True)
class Follow:
    """Keep the room that its alias now leads to, instead of the one that had the key before."""

    key: str
    why: Why
    sign = "~"


@dataclass(frozen=True)
class Powerless:
    """Something in the room must be mended, and the bot has not the power to: a person must."""

    key: str
    why: Why
    sign = "!"


@dataclass(frozen=True)
class SetState:
    """Give the room that piece of state; ids in it may be stand-ins (`room_state.made`)."""

    key: str
    type: str
    state_key: str
    content: Content
    why: Why
    sign = "~"


@dataclass(frozen=True)
class Offering:
    """Bring the room's menu in step: descriptions by their state keys, {} for one withdrawn."""

    key: str
    changes: Mapping[str, Content]
    why: Why
    sign = "~"


@dataclass(frozen=True)
class Link:
    """Show the room `child` in the Space `key`."""

    key: str
    child: str
    content: Content
    why: Why
    sign = "+"


@dataclass(frozen=True)
class Unlink:
    """Take something out of a Space, or a Space away from a room: an event without content."""

    key: str
    type: str
    state_key: str
    why: Why
    sign = "-"


Step = Create | Rejoin | Follow | Powerless | SetState | Offering | Link | Unlink


@dataclass(frozen=True)
class ActualRoom:
    """A room as it is: its id and its state, without its members; `inside` if the bot is in it."""

    room_id: str
    state: State
    inside: bool = True

    @property
    def replaced(self) -> bool:
        """Tell whether it is closed for another room (a tombstone)."""
        return (TOMBSTONE, "") in self.state


@dataclass(frozen=True)
class Leftover:
    """A room of the bot's that the law does not ask for any more; it is left as it is."""

    key: str
    room_id: str


def plan(
    wanted: Sequence[WantedRoom],
    actual: Mapping[str, ActualRoom],
    known: Mapping[str, str] | None = None,
) -> tuple[Step, ...]:
    """Compare, and list the steps in the order to take them. `actual` is by key.

    `known` gives, by key, the ids of the rooms as they are remembered.
    """
    usable = in_use(actual)
    ids = {key: room.room_id for key, room in usable.items()}
    former = {
        *(room_id for key, room_id in (known or {}).items() if any(r.key == key for r in wanted)),
        *(room.room_id for room in actual.values() if room.replaced),
    }
    steps: list[Step] = []
    for room in wanted:
        steps.extend(_there(room, actual.get(room.key), ids, (known or {}).get(room.key)))
    for room in wanted:
        steps.extend(_linked(room, wanted, usable, former))
    return tuple(_within_power(steps, {room.key: room for room in wanted}, usable))


def in_use(actual: Mapping[str, ActualRoom]) -> dict[str, ActualRoom]:
    """Leave out the rooms that another is to take the place of."""
    return {key: room for key, room in actual.items() if not room.replaced}


def _there(
    room: WantedRoom, there: ActualRoom | None, ids: Mapping[str, str], known: str | None
) -> Iterator[Step]:
    """List what must be done for one room, its children aside."""
    named = {"room": room.name}
    if there is None:
        yield Create(room.key, Why("gone" if known else "absent", named))
    elif there.replaced:
        yield Create(room.key, Why("replaced", named))
    elif not there.inside:
        yield Rejoin(room.key, Why("outside", named))
    else:
        if known not in {None, there.room_id}:
            yield Follow(room.key, Why("follows", named))
        yield from _mended(room, there, ids)
        yield from _offered(room, there.state)


def _within_power(
    steps: Sequence[Step], wanted: Mapping[str, WantedRoom], actual: Mapping[str, ActualRoom]
) -> Iterator[Step]:
    """Put, once a room, in the place of what the bot may not do there that it may not."""
    told: set[str] = set()
    for step in steps:
        type_ = _written_by(step)
        short = (
            type_ and step.key in actual and _shortage(wanted[step.key], actual[step.key], type_)
        )
        if not short:
            yield step
        elif step.key not in told:
            told.add(step.key)
            yield Powerless(step.key, Why("powerless", {"room": wanted[step.key].name, **short}))


def _written_by(step: Step) -> str | None:
    """Tell what type of event a step writes into a room that is there; None if it writes none."""
    match step:
        case SetState() | Unlink():
            return step.type
        case Offering():
            return DESCRIPTION
        case Link():
            return CHILD
    return None


def _shortage(room: WantedRoom, there: ActualRoom, type_: str) -> dict[str, int] | None:
    """Tell what power the bot has and what it needs to write such an event; None if enough.

    In a room of a version where its creators stand apart, the bot, which made it, may do anything.
    """
    version = str(there.state.get((CREATE, ""), {}).get("room_version", room.settings.version))
    levels = there.state.get((POWER_LEVELS, ""))
    if stand_apart(version) or levels is None:
        return None
    has = levels.get("users", {}).get(room.settings.bot, levels.get("users_default", 0))
    needs = levels.get("events", {}).get(type_, levels.get("state_default", _STATE_DEFAULT))
    return {"has": has, "needs": needs} if has < needs else None


def leftovers(wanted: Sequence[WantedRoom], known: Mapping[str, str]) -> tuple[Leftover, ...]:
    """Name the rooms known by key that the law no longer has. `known` gives their ids."""
    keys = {room.key for room in wanted}
    ours = (key for key in known if key.partition(":")[0] in {"level", "forum"})
    return tuple(Leftover(key, known[key]) for key in ours if key not in keys)


def fits(wanted: Content, there: Content | None, type_: str = "") -> bool:
    """Tell whether what is there is what is wanted, at least; what others added does not matter.

    Encryption fits if it is the same; how often its keys change is no reason to write. Of power
    levels, who only listens is left out: the reconciler keeps that.
    """
    there = speaking(there) if type_ == POWER_LEVELS and there is not None else there
    keys = ["algorithm"] if type_ == ENCRYPTION else list(wanted)
    return there is not None and all(key in there and there[key] == wanted[key] for key in keys)


def _mended(room: WantedRoom, there: ActualRoom, ids: Mapping[str, str]) -> Iterator[Step]:
    state = state_of(room, ids)
    for (type_, state_key), content in state.items():
        found = there.state.get((type_, state_key))
        if type_ != DESCRIPTION and not fits(content, found, type_):
            why = Why("differs" if found else "lacks", {"room": room.name, "what": type_})
            yield SetState(room.key, type_, state_key, content, why)
    for type_, state_key in _stale(there.state, PARENT, state):
        yield Unlink(room.key, type_, state_key, Why("moved", {"room": room.name}))


def _offered(room: WantedRoom, there: State) -> Iterator[Step]:
    """Bring the menu in step, in one step however many commands it is about."""
    shown = {key: content for (type_, key), content in there.items() if type_ == DESCRIPTION}
    bot = room.settings.bot
    new = changes(descriptions(room.menu, bot), shown, bot)
    if new:
        withdrawn = sum(not content for content in new.values())
        counts = {"shown": len(new) - withdrawn, "withdrawn": withdrawn}
        yield Offering(room.key, new, Why("menu", {"room": room.name, **counts}))


def _linked(
    space: WantedRoom,
    wanted: Sequence[WantedRoom],
    actual: Mapping[str, ActualRoom],
    former: Collection[str],
) -> Iterator[Step]:
    """List what must be shown in a Space, and what no longer.

    `former` are the ids that rooms of the law were known by.
    """
    ids = {key: room.room_id for key, room in actual.items()}
    state: State = actual[space.key].state if space.key in actual else {}
    if space.key in actual and not actual[space.key].inside:
        return  # it is looked at when the bot is in it again
    children = {
        (CHILD, ids.get(room.key, unmade(room.key))): room
        for room in wanted
        if room.parent == space.key
    }
    for (type_, state_key), room in children.items():
        content = child_of(room)
        if not fits(content, state.get((type_, state_key))):
            why = Why("belongs", {"room": room.name, "space": space.name})
            yield Link(space.key, room.key, content, why)
    if space.is_space:
        for type_, state_key in _stale(state, CHILD, children):
            name = "former" if state_key in former else "not_in_law"
            why = Why(name, {"room": state_key, "space": space.name})
            yield Unlink(space.key, type_, state_key, why)


def _stale(state: State, type_: str, wanted: Mapping[StateKey, object]) -> list[StateKey]:
    """List the links of that type that nobody wants and that are still in force."""
    return [
        (kind, key)
        for (kind, key), content in state.items()
        if kind == type_ and (kind, key) not in wanted and content.get("via")
    ]
