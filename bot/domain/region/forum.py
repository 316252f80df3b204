"""A forum: its seats and its rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.region.kinds import Mode, Names
from bot.domain.region.meetings import Cadence, ReportRequest, Temporary
from bot.domain.region.relief import Relief
from bot.domain.region.seats import Mandate, Seat, SeatsFrom


@dataclass(frozen=True)
class Forum:
    """A named meeting body on a level, with its seats and its rules (S15's structure template).

    `may_convene` and `may_request` hold function codes; `agenda`, by mode, the agenda's code.
    `concerned_mandate` is the mandate of those co-opted because an event concerns them
    (`role: concerned_actor`); None where the forum has no such place.
    `digests` are the scheduled summaries of what is open. `perspectives` are the codes of those
    that it wants to hear when it meets.
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
    perspectives: tuple[str, ...] = ()
    own_chair: str | None = None
    """The chair that the law gives, where an event has another for a while (R19)."""
    relief: Relief | None = None
    """What becomes of former holders in its room, where that is not as in the region."""

    def seat_of(self, function: str) -> Seat | None:
        """Find the function's seat, or None."""
        return next((seat for seat in self.seats if seat.function == function), None)

    @property
    def lead(self) -> tuple[str, ...]:
        """List chair, the law's own chair, vice chair and secretary, in that order, each once."""
        order = (self.chair, self.own_chair, self.vice_chair, self.secretary)
        return tuple(dict.fromkeys(function for function in order if function))
