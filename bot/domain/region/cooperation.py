"""Who answers a request for cooperation, and where it leads (R8, R9)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Cooperation:
    """Who judges a request, in which order; who else is told; where those concerned meet.

    `judges` are functions: the first judges, the next when the first has not in time. `informed`
    are the functions told of every request at once. `contact` is the forum of the first contact
    (TIBG in the example), `conference` the activated one it leads to (ASK); None where the law
    has no such forum.
    """

    judges: tuple[str, ...] = ()
    informed: tuple[str, ...] = ()
    contact: str | None = None
    conference: str | None = None
