"""Who there is: levels, organisations, their functions, and what may be agreed on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.region.kinds import FunctionKind, Names, WayKind


@dataclass(frozen=True)
class Level:
    """One of the region's levels; rank 1 is the one that gives direction."""

    code: str
    rank: int
    names: Names


@dataclass(frozen=True)
class MandateKind:
    """What a function may do for its organisation; the lowest rank may only inform (b.7)."""

    code: str
    rank: int
    names: Names


@dataclass(frozen=True)
class AgreementKind:
    """A kind of agreement, and the mandate a seat needs to agree to one (b.7)."""

    code: str
    needs: str
    names: Names


@dataclass(frozen=True)
class InfoClass:
    """How far what is said may be spread; the highest rank is the most closed (R20)."""

    code: str
    rank: int
    names: Names


@dataclass(frozen=True)
class Perspective:
    """A side that a forum wants to be heard, and the types of organisation that bring it."""

    code: str
    types: tuple[str, ...]
    names: Names


@dataclass(frozen=True)
class Way:
    """Another way to an organisation: a mail address, or a webhook by its name in the settings."""

    kind: WayKind
    address: str


@dataclass(frozen=True)
class Organisation:
    """An actor: an authority or not, with the function that is always reached for it.

    `ways` are those by which its urgent calls go too.
    """

    code: str
    name: str
    type: str
    authority: bool
    contact_point: str
    night_contact: str | None = None
    hosted_by: str | None = None
    area_responsible: bool = False
    coopted_only: bool = False
    ways: tuple[Way, ...] = ()


@dataclass(frozen=True)
class Function:
    """A post or a duty role, never a person. Its code is "organisation.NAME"."""

    code: str
    organisation: str
    kind: FunctionKind
    titles: Names
    deputies: int


@dataclass(frozen=True)
class Held:
    """A holding the region file itself gives (rank 1 is the holder, 2 the first deputy, …)."""

    function: str
    rank: int
    mxid: str
    person: str
    starts: datetime | None = None
    ends: datetime | None = None
