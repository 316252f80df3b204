"""The whole law of one region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.region.actors import (
    AgreementKind,
    Function,
    Held,
    InfoClass,
    Level,
    MandateKind,
    Organisation,
    Perspective,
)
from bot.domain.region.cooperation import Cooperation
from bot.domain.region.exercise import Exercise
from bot.domain.region.forum import Forum
from bot.domain.region.kinds import HolidayRule, Language, Mode
from bot.domain.region.limits import Limits
from bot.domain.region.listing import Listing
from bot.domain.region.meetings import Agenda
from bot.domain.region.reach import Reach
from bot.domain.region.relief import Relief
from bot.domain.region.seats import Seat


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
    cooperation: Cooperation
    holdings: tuple[Held, ...] = ()
    perspectives: Mapping[str, Perspective] = field(default_factory=dict)
    relief: Relief = field(default_factory=Relief)
    reach: Reach = field(default_factory=Reach)
    exercise: Exercise | None = None
    """What this region is, if it is an exercise's; its codes begin with the exercise's."""
    exercises: Mapping[str, Region] = field(default_factory=lambda: Listing({}))
    """The exercises that go on, each a region of its own; those that are over are found."""

    def forum(self, code: str) -> Forum:
        """Give the forum with that code; KeyError if there is none."""
        return self.forums[code]

    def relief_in(self, forum: Forum) -> Relief:
        """Give how functions are handed over in that forum's room."""
        return forum.relief or self.relief

    @property
    def practised(self) -> str | None:
        """Give the code of the exercise that this region is; None for what is real."""
        return self.exercise.code if self.exercise else None

    def held_when(self, now: datetime) -> datetime:
        """Give when its functions were last held: now, but for an exercise that is over."""
        return self.exercise.played(now) if self.exercise else now

    def world_of(self, code: str) -> Region:
        """Give the exercise's region that a code is of, or else this one."""
        return self.exercises.get(code.partition("-")[0], self)

    @property
    def closed_forums(self) -> tuple[Forum, ...]:
        """List the forums that were closed; what is open from them is still found by its code."""
        return self.forums.aside if isinstance(self.forums, Listing) else ()

    def in_use(self, forum: str) -> bool:
        """Tell whether the forum is there and has not been closed."""
        return any(code == forum for code in self.forums)

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
