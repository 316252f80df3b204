"""A room that is to be encrypted and is not known to be: nothing is said in it."""

from __future__ import annotations


class Unsealed(Exception):  # noqa: N818 - a state of the room, which `apply` mends
    """What waits for this room would be said in clear. `place` is the room's key."""

    def __init__(self, place: str) -> None:
        super().__init__(f"{place} is to be encrypted and is not")
        self.place = place
