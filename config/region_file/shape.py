"""The shape of a region file: its sections, their keys, and what each key holds.

Strict: a number is not a text, and a key that is not here is refused. These classes are also
what an editor's schema is made from, so their docstrings are what a person sees while typing.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from config.region_file.base import Named, Shape
from config.region_file.forum_shape import FormerShape, ForumShape
from config.region_file.kinds import (
    Clock,
    Code,
    Email,
    Holidays,
    LanguageCode,
    LimitText,
    Line,
    Minutes,
    Moment,
    Mxid,
    WeekLabel,
    Zone,
)
from config.region_file.rules import Rule
from config.structure import Sections
from config.yaml_tree import Value


class AboutShape(Shape):
    """The region itself."""

    code: Code
    name: Line
    timezone: Zone
    language: LanguageCode = "sv"
    holidays: Holidays | None = None
    holiday_rule: Literal["keep", "day_before", "day_after", "skip"] = "keep"
    week_label: WeekLabel = "v. {iso_week}"


class RankedShape(Named):
    """A level or an information class: its rank, and its name by language."""

    rank: Annotated[int, Field(ge=1, le=99)]


class MandateKindShape(Named):
    """A kind of mandate, by language. The first of them may only inform."""


class AgreementKindShape(Named):
    """A kind of agreement: the mandate kind it needs; names default to the code."""

    needs_names = False
    mandate: Code


class FunctionShape(Named):
    """A function: its title by language, round the clock (duty) or in office hours (post)."""

    kind: Literal["duty", "post"]
    deputies: Annotated[int, Field(ge=0, le=9)] = 0


class PerspectiveShape(Named):
    """A side that forums may want to hear, by the types of organisation that bring it."""

    types: Annotated[list[Code], Field(min_length=1)]


class WayShape(Shape):
    """Another way for urgent calls: an address for e-mail, or a webhook named in the settings."""

    email: Email | None = None
    webhook: Code | None = None


class OrganisationShape(Shape):
    """An actor. Its type gives its functions; `contact_point` is always reached."""

    code: Code
    name: Line
    type: Code
    authority: bool
    contact_point: str
    night_contact: str | None = None
    hosted_by: Code | None = None
    area_responsible: bool = False
    coopted_only: bool = False
    ways: list[WayShape] = Field(default_factory=list)


class ReceiversShape(Shape):
    """Who at home receives what is carried back, by level: a function's short name (R29)."""

    default_by_type: dict[Code, dict[Code, str]] = Field(default_factory=dict)
    by_organisation: dict[Code, dict[Code, str]] = Field(default_factory=dict)


class LimitsShape(Shape):
    """Time limits of one mode; those left out are the defaults."""

    judge: LimitText | None = None
    ack: LimitText | None = None
    deputy_step: LimitText | None = None
    start: LimitText | None = None
    first_info: LimitText | None = None
    first_conference: LimitText | None = None
    staff: LimitText | None = None
    support_start: LimitText | None = None
    report_close: LimitText | None = None
    position: LimitText | None = None
    anchor: LimitText | None = None
    digest: LimitText | None = None
    carrier_ack: LimitText | None = None
    carried_back: LimitText | None = None
    confirmed: LimitText | None = None
    log_entry: LimitText | None = None
    review: LimitText | None = None
    expiry_warning: LimitText | None = None
    lessons: LimitText | None = None
    lessons_written: LimitText | None = None


class TimeLimitsShape(Shape):
    """Time limits by mode. Stepping down keeps the activated ones."""

    ordinary: LimitsShape = LimitsShape()
    activated: LimitsShape = LimitsShape()


class CooperationShape(Shape):
    """Who judges a request for cooperation, who is told of it, and where it leads."""

    judges: list[str] = Field(default_factory=list)
    informed: list[str] = Field(default_factory=list)
    contact: Code | None = None
    conference: Code | None = None


class ReliefShape(FormerShape):
    """How a function changes hands: minutes before it that both are briefed, and what follows."""

    brief_before: Annotated[int, Field(ge=1, le=24 * 60)] = 15


class TestCallShape(Shape):
    """A test call that goes out by itself; the first Tuesday of the month at 10:00 if no more."""

    rule: Rule = "FREQ=MONTHLY;BYDAY=1TU"
    at: Clock = "10:00"
    minutes: Annotated[int, Field(ge=1, le=24 * 60)] = 30
    result_to: str | None = None


class ReachShape(Shape):
    """When gaps are looked for each night; with `test_call`, when a test call goes out."""

    look_at: Clock = "02:00"
    test_call: TestCallShape | None = None


class AgendaItemShape(Named):
    """One point of an agenda, and the minutes it may take."""

    key: Code
    minutes: Minutes


class HeldShape(Shape):
    """Who holds a function, and from when to when in the region's own time."""

    function: str
    person: Line
    mxid: Mxid
    from_: Annotated[Moment | None, Field(alias="from")] = None
    to: Moment | None = None
    rank: Annotated[int, Field(ge=1, le=99)] = 1


class RegionShape(Shape, Sections):
    """A region file: the law of one region."""

    stand_ins: ClassVar[dict[str, Value]] = {
        "region": {"code": "x", "name": "x", "timezone": "UTC"}
    }

    region: AboutShape
    levels: Annotated[dict[Code, RankedShape], Field(min_length=1)]
    mandate_kinds: Annotated[dict[Code, MandateKindShape], Field(min_length=1)]
    agreement_kinds: dict[Code, AgreementKindShape] | None = None
    function_templates: Annotated[dict[Code, dict[Code, FunctionShape]], Field(min_length=1)]
    organisations: Annotated[list[OrganisationShape], Field(min_length=1)]
    groups: dict[Code, list[Code]] = Field(default_factory=dict)
    receivers: ReceiversShape
    time_limits: TimeLimitsShape = TimeLimitsShape()
    cooperation: CooperationShape = CooperationShape()
    info_classes: Annotated[dict[Code, RankedShape], Field(min_length=1)]
    agendas: dict[Code, Annotated[list[AgendaItemShape], Field(min_length=1)]] = Field(
        default_factory=dict
    )
    forums: Annotated[list[ForumShape], Field(min_length=1)]
    perspectives: dict[Code, PerspectiveShape] = Field(default_factory=dict)
    relief: ReliefShape = ReliefShape()
    reach: ReachShape = ReachShape()
    on_duty_example: list[HeldShape] = Field(default_factory=list)
