"""A place by its key, as the letters and the rooms have it: "forum:LC", "direct:@mxid"."""

from __future__ import annotations

from bot.domain.answer import Direct, InForum, InRoom, Operators, Place


def key_of(place: Place) -> str:
    """Write a place as the letter table does; ValueError for the operators, who have no room."""
    match place:
        case InForum(forum):
            return f"forum:{forum}"
        case Direct(mxid):
            return f"direct:{mxid}"
        case InRoom(room_id):
            return f"room:{room_id}"
        case Operators():
            msg = "the operators have no room of their own: each has one"
            raise ValueError(msg)


def place_of(key: str) -> Place:
    """Read a place from its key; what is neither a forum's nor a person's is just a room."""
    kind, _, name = key.partition(":")
    if kind == "forum":
        return InForum(name)
    if kind == "direct":
        return Direct(name)
    return InRoom(name)
