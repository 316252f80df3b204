"""A place in a forum, and what whoever sits there may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class Limit:
    """The most a mandate may commit, in whole units of a currency ("SEK")."""

    amount: Decimal
    currency: str


@dataclass(frozen=True)
class Mandate:
    """What a seat may do; after its last day it may inform only (b.2, T18)."""

    kinds: frozenset[str]
    limit: Limit | None = None
    basis: str | None = None
    last_day: date | None = None


@dataclass(frozen=True)
class Seat:
    """A function's place in a forum, for the organisations it represents (R2).

    `represents` holds organisation codes, the function's own first, and is never empty.
    """

    function: str
    represents: tuple[str, ...]
    mandate: Mandate
    required: bool = True
    coopted: bool = False
    night_represented: bool = False
    concerned: bool = False
    """Not a place in the law's list: its organisation is called because an event concerns it."""


@dataclass(frozen=True)
class SeatsFrom:
    """Seats borrowed from another forum when called, narrowed by a filter ("concerned")."""

    forum: str
    filter: str
