"""What must be done so that the rooms are as the law wants them; done twice, nothing is left.

Every step is safe to repeat and says why. A room whose forum the law no longer has is taken out
of its Space, so that the Space shows the law, and otherwise left as it is: what was written in it
may be an official document at every authority in it, and nothing is deleted by the bot (R21).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.answer import Facts
from bot.domain.room_state import (
    CHILD,
    ENCRYPTION,
    PARENT,
    Content,
    State,
    StateKey,
    child_of,
    state_of,
    unmade,
)
from bot.domain.rooms import WantedRoom


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
class SetState:
    """Give the room that piece of state; ids in it may be stand-ins (`room_state.made`)."""

    key: str
    type: str
    state_key: str
    content: Content
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


Step = Create | SetState | Link | Unlink


@dataclass(frozen=True)
class ActualRoom:
    """A room as it is: its id and its state, without its members."""

    room_id: str
    state: State


@dataclass(frozen=True)
class Leftover:
    """A room of the bot's that the law does not ask for any more; it is left as it is."""

    key: str
    room_id: str


def plan(wanted: Sequence[WantedRoom], actual: Mapping[str, ActualRoom]) -> tuple[Step, ...]:
    """Compare, and list the steps in the order to take them. `actual` is by key."""
    ids = {key: room.room_id for key, room in actual.items()}
    steps: list[Step] = []
    for room in wanted:
        there = actual.get(room.key)
        if there is None:
            steps.append(Create(room.key, Why("absent", {"room": room.name})))
        else:
            steps.extend(_mended(room, there, ids))
    for room in wanted:
        steps.extend(_linked(room, wanted, actual, ids))
    return tuple(steps)


def leftovers(wanted: Sequence[WantedRoom], known: Mapping[str, str]) -> tuple[Leftover, ...]:
    """Name the rooms known by key that the law no longer has. `known` gives their ids."""
    keys = {room.key for room in wanted}
    ours = (key for key in known if key.partition(":")[0] in {"level", "forum"})
    return tuple(Leftover(key, known[key]) for key in ours if key not in keys)


def fits(wanted: Content, there: Content | None, type_: str = "") -> bool:
    """Tell whether what is there is what is wanted, at least; what others added does not matter.

    Encryption fits if it is the same; how often its keys change is no reason to write.
    """
    keys = ["algorithm"] if type_ == ENCRYPTION else list(wanted)
    return there is not None and all(key in there and there[key] == wanted[key] for key in keys)


def _mended(room: WantedRoom, there: ActualRoom, ids: Mapping[str, str]) -> Iterator[Step]:
    state = state_of(room, ids)
    for (type_, state_key), content in state.items():
        found = there.state.get((type_, state_key))
        if not fits(content, found, type_):
            why = Why("differs" if found else "lacks", {"room": room.name, "what": type_})
            yield SetState(room.key, type_, state_key, content, why)
    for type_, state_key in _stale(there.state, PARENT, state):
        yield Unlink(room.key, type_, state_key, Why("moved", {"room": room.name}))


def _linked(
    space: WantedRoom,
    wanted: Sequence[WantedRoom],
    actual: Mapping[str, ActualRoom],
    ids: Mapping[str, str],
) -> Iterator[Step]:
    """List what must be shown in a Space, and what no longer."""
    state: State = actual[space.key].state if space.key in actual else {}
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
            why = Why("not_in_law", {"room": state_key, "space": space.name})
            yield Unlink(space.key, type_, state_key, why)


def _stale(state: State, type_: str, wanted: Mapping[StateKey, object]) -> list[StateKey]:
    """List the links of that type that nobody wants and that are still in force."""
    return [
        (kind, key)
        for (kind, key), content in state.items()
        if kind == type_ and (kind, key) not in wanted and content.get("via")
    ]
