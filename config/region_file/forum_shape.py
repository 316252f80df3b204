"""The shape of a forum in a region file."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from bot.domain.region import Limit
from config.region_file.base import Named, Shape
from config.region_file.kinds import (
    LIMIT_KEY,
    Clock,
    Code,
    Day,
    Line,
    Minutes,
    Purpose,
    WeekdayClock,
)
from config.region_file.rules import Cron, Rule

Amount = Annotated[int, Field(ge=0, le=10**15)]
Grace = Annotated[int, Field(ge=0, le=24 * 60)]
Everyone = Literal["all", "all_duty_functions"]


def _with_limits(schema: dict[str, Any]) -> None:
    schema["patternProperties"] = {LIMIT_KEY: {"type": "integer", "minimum": 0}}
    schema["additionalProperties"] = False


class SeatShape(Shape):
    """A seat: a `function`; `each` of some organisations' functions; or a `role`.

    `limit_sek: 500000` limits the mandate; any currency's three letters may follow `limit_`.
    """

    model_config = ConfigDict(
        strict=True, frozen=True, extra="allow", json_schema_extra=_with_limits
    )
    __pydantic_extra__: dict[str, Amount]

    function: str | None = None
    each: str | list[str] | None = None
    role: Literal["concerned_actor"] | None = None
    mandate: Annotated[list[Code], Field(min_length=1)]
    represents: str | list[str] | None = None
    required: bool = True
    coopted: bool = False
    night_represented: bool = False
    except_mandate: dict[Code, Annotated[list[Code], Field(min_length=1)]] = Field(
        default_factory=dict
    )
    basis: Line | None = None
    valid_to: Day | None = None

    @classmethod
    def takes(cls, key: str) -> bool:
        """Tell whether a key may stand here: a known one, or a limit in some currency."""
        return super().takes(key) or re.fullmatch(LIMIT_KEY, key) is not None

    def limit(self) -> Limit | None:
        """Give the mandate's limit, if it has one."""
        for key, amount in (self.__pydantic_extra__ or {}).items():
            return Limit(Decimal(amount), key.removeprefix("limit_").upper())
        return None


class SeatsFromShape(Shape):
    """Seats borrowed from another forum: all of them, or those an event concerns."""

    forum: Code
    filter: Literal["concerned", "all"] = "all"


class CadenceShape(Shape):
    """When the forum meets, by mode: RFC 5545 rules counted from Monday 2024-01-01."""

    ordinary: Rule | None = None
    activated: Rule | None = None
    at: Clock
    minutes: Minutes
    call_before: Minutes | None = None


class AgendaOfShape(Shape):
    """The forum's agenda, by mode."""

    ordinary: Code | None = None
    activated: Code | None = None


class ReportRequestShape(Shape):
    """When reporting in opens and closes before a meeting."""

    opens: WeekdayClock
    closes: WeekdayClock


class TemporaryShape(Shape):
    """A forum with an end: the forum that ordered it, its last day, where its result goes."""

    ordered_by: Code
    ends: Day
    result_to: Code


class DigestShape(Shape):
    """A scheduled summary of what is open: a `rule` with `at`, or a `cron` line."""

    rule: Rule | None = None
    at: Clock | None = None
    cron: Cron | None = None


class FormerShape(Shape):
    """What becomes of who has handed a function over: minutes in the room, then leave or listen."""

    grace: Grace | None = None
    former: Literal["leaves", "listens"] | None = None


class ForumShape(Named):
    """A forum: what it is for, who leads it, who sits there, when it meets, where it reports."""

    code: Code
    level: Code
    purpose: Purpose
    chair: str
    vice_chair: str | None = None
    secretary: str | None = None
    may_convene: Everyone | list[str]
    may_request: Everyone | list[str] = "all"
    may_agree: list[Code] = Field(default_factory=list)
    seats: list[SeatShape] = Field(default_factory=list)
    seats_from: SeatsFromShape | None = None
    cadence: CadenceShape | None = None
    report_request: ReportRequestShape | None = None
    agenda: AgendaOfShape = AgendaOfShape()
    escalates_to: Code | None = None
    hands_down_to: Code | None = None
    info_class_max: Code
    receives_digest_of: list[Code] = Field(default_factory=list)
    digests: list[DigestShape] = Field(default_factory=list)
    activated_only: bool = False
    support_only: bool = False
    temporary: TemporaryShape | None = None
    perspectives: list[Code] = Field(default_factory=list)
    relief: FormerShape | None = None
