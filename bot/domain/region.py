"""The law, as frozen values: what a region file says, once it has been found right.

Built by `config.region`; read by everybody; changed by nobody. A code is the short name the
region file uses ("VSK", "lst.TIB"); a name is what people read, by language.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

Language = str
"""A language's two letters: "sv" or "en"."""


class Mode(enum.StrEnum):
    """The two ways a region works, and the way back between them (R18)."""

    ORDINARY = "ordinary"
    ACTIVATED = "activated"
    STEPPING_DOWN = "stepping_down"


class FunctionKind(enum.StrEnum):
    """Whether a function is kept round the clock or in office hours."""

    DUTY = "duty"
    POST = "post"


class HolidayRule(enum.StrEnum):
    """What becomes of a meeting that falls on a public holiday."""

    KEEP = "keep"
    DAY_BEFORE = "day_before"
    DAY_AFTER = "day_after"
    SKIP = "skip"


@dataclass(frozen=True)
class Names:
    """What people read, by language; a language that is missing falls back to any there is."""

    by_language: Mapping[Language, str]

    def in_(self, language: Language) -> str:
        """Give the name in that language, or else in the first the region file gives."""
        return self.by_language.get(language) or next(iter(self.by_language.values()))


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
class Organisation:
    """An actor: an authority or not, with the function that is always reached for it."""

    code: str
    name: str
    type: str
    authority: bool
    contact_point: str
    night_contact: str | None = None
    hosted_by: str | None = None
    area_responsible: bool = False
    coopted_only: bool = False


@dataclass(frozen=True)
class Function:
    """A post or a duty role, never a person. Its code is "organisation.NAME"."""

    code: str
    organisation: str
    kind: FunctionKind
    titles: Names
    deputies: int


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


@dataclass(frozen=True)
class SeatsFrom:
    """Seats borrowed from another forum when called, narrowed by a filter ("concerned")."""

    forum: str
    filter: str


@dataclass(frozen=True)
class Cadence:
    """When something comes again: an RFC 5545 rule without a time, and a local wall time.

    `minutes` is how long it lasts. `call_before` is how many minutes ahead the summons goes
    out; None leaves it to the time limits.
    """

    rule: str
    at: time
    minutes: int = 0
    call_before: int | None = None


@dataclass(frozen=True)
class ReportRequest:
    """When reporting in opens and closes before a meeting: weekday ("WE") and local time."""

    opens: tuple[str, time]
    closes: tuple[str, time]


@dataclass(frozen=True)
class Temporary:
    """A forum with an end: who ordered it, its last day, where its result goes (R23)."""

    ordered_by: str
    ends: date
    result_to: str


@dataclass(frozen=True)
class AgendaItem:
    """One point of an agenda, with the minutes it may take."""

    key: str
    names: Names
    minutes: int


@dataclass(frozen=True)
class Agenda:
    """A meeting's points in order."""

    code: str
    items: tuple[AgendaItem, ...]

    @property
    def minutes(self) -> int:
        """Sum up the points' minutes."""
        return sum(item.minutes for item in self.items)


# A time limit, as the law gives it (b.4). `bot.domain.limits` turns it into a moment.


@dataclass(frozen=True)
class After:
    """So many minutes after the fact."""

    minutes: int


@dataclass(frozen=True)
class SameDay:
    """The same day at a local wall time, or the next day's if it has already passed."""

    at: time


@dataclass(frozen=True)
class NextWorkday:
    """The next working day at a local wall time."""

    at: time


@dataclass(frozen=True)
class Workdays:
    """So many working days later, at the same local wall time."""

    days: int


@dataclass(frozen=True)
class NextMeeting:
    """When the forum meets next."""


TimeLimit = After | SameDay | NextWorkday | Workdays | NextMeeting


@dataclass(frozen=True)
class Limits:
    """The time limits of one mode, by the region file's key ("ack", "deputy_step", …)."""

    by_key: Mapping[str, TimeLimit]

    def __getitem__(self, key: str) -> TimeLimit:
        """Give the limit with that key; the defaults of DOMAIN b.4 fill what a file leaves out."""
        return self.by_key[key]


@dataclass(frozen=True)
class Forum:
    """A named meeting body on a level, with its seats and its rules (S15's structure template).

    `may_convene` and `may_request` hold function codes; `agenda`, by mode, the agenda's code.
    `concerned_mandate` is the mandate of those co-opted because an event concerns them
    (`role: concerned_actor`); None where the forum has no such place.
    `digests` are the scheduled summaries of what is open.
    """

    code: str
    names: Names
    level: str
    purpose: str
    chair: str
    vice_chair: str | None
    secretary: str | None
    may_convene: frozenset[str]
    may_request: frozenset[str]
    may_agree: tuple[str, ...]
    seats: tuple[Seat, ...]
    agenda: Mapping[Mode, str]
    info_class_max: str
    seats_from: SeatsFrom | None = None
    concerned_mandate: Mandate | None = None
    cadence: Mapping[Mode, Cadence] = field(default_factory=dict)
    report_request: ReportRequest | None = None
    escalates_to: str | None = None
    hands_down_to: str | None = None
    receives_digest_of: tuple[str, ...] = ()
    digests: tuple[Cadence, ...] = ()
    activated_only: bool = False
    support_only: bool = False
    temporary: Temporary | None = None

    def seat_of(self, function: str) -> Seat | None:
        """Find the function's seat, or None."""
        return next((seat for seat in self.seats if seat.function == function), None)

    @property
    def lead(self) -> tuple[str, ...]:
        """List chair, vice chair and secretary, in that order, each once."""
        return tuple(dict.fromkeys(f for f in (self.chair, self.vice_chair, self.secretary) if f))


@dataclass(frozen=True)
class Held:
    """A holding the region file itself gives (rank 1 is the holder, 2 the first deputy, …)."""

    function: str
    rank: int
    mxid: str
    person: str
    starts: datetime | None = None
    ends: datetime | None = None


@dataclass(frozen=True)
class Region:
    """The whole law of one region. Mappings keep the order of the file."""

    code: str
    name: str
    timezone: ZoneInfo
    language: Language
    holidays: str | None
    holiday_rule: HolidayRule
    week_label: str
    levels: Mapping[str, Level]
    mandate_kinds: Mapping[str, MandateKind]
    agreement_kinds: Mapping[str, AgreementKind]
    info_classes: Mapping[str, InfoClass]
    organisations: Mapping[str, Organisation]
    functions: Mapping[str, Function]
    groups: Mapping[str, tuple[str, ...]]
    receivers: Mapping[tuple[str, str], str]
    """(organisation code, level code) → the function at home that receives (R29)."""
    limits: Mapping[Mode, Limits]
    agendas: Mapping[str, Agenda]
    forums: Mapping[str, Forum]
    holdings: tuple[Held, ...] = ()

    def forum(self, code: str) -> Forum:
        """Give the forum with that code; KeyError if there is none."""
        return self.forums[code]

    def home_of(self, function: str) -> Organisation:
        """Give the organisation a function belongs to (R2)."""
        return self.organisations[self.functions[function].organisation]

    def title(self, function: str, language: Language) -> str:
        """Say a function as people do: its title and its organisation."""
        home = self.home_of(function)
        return f"{self.functions[function].titles.in_(language)}, {home.name}"

    def receiver(self, organisation: str, level: str) -> str:
        """Give the function at home that receives what is carried back from that level (R29)."""
        return self.receivers[organisation, level]

    def seats_held_by(self, function: str) -> Iterator[tuple[Forum, Seat]]:
        """Go through the forums in which the function sits."""
        for forum in self.forums.values():
            seat = forum.seat_of(function)
            if seat is not None:
                yield forum, seat
