"""A meeting, the summons to it, and who was asked in which order (R1, R9, R10)."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from bot.domain.model.base import moment


class MeetingState(enum.StrEnum):
    """A meeting's life (b.2)."""

    CALLED = "called"
    OPEN = "open"
    ENDED = "ended"
    PUBLISHED = "published"


class Meeting(SQLModel, table=True):
    """A forum's meeting, M-2026-014."""

    id: str = Field(primary_key=True)
    forum: str = Field(index=True)
    purpose: str
    mode: str
    starts_at: datetime = moment(index=True)
    ends_at: datetime = moment()
    state: str = Field(default=MeetingState.CALLED, index=True)
    opened_at: datetime | None = moment(nullable=True)
    ended_at: datetime | None = moment(nullable=True)
    ended_by: str | None = None
    published_at: datetime | None = moment(nullable=True)
    approved_by: str | None = None
    incident: str | None = Field(default=None, index=True)
    """What it is about, H-2026-031; None for a meeting of the ordinary week."""
    chair: str | None = None
    """The function that chairs it instead of the forum's own; None for the forum's own (R19)."""


class Summons(SQLModel, table=True):
    """The call to a meeting, KA-2026-014. Its limits are frozen when it is made, and its chains."""

    id: str = Field(primary_key=True)
    meeting: str = Field(index=True)
    forum: str
    mode: str
    made_at: datetime = moment()
    made_by: str | None = None
    """The function that called; None when the cadence did."""
    first_minutes: int
    step_minutes: int


class CallState(enum.StrEnum):
    """Where the call to one seat stands; four of these are answers, three are silence."""

    ASKED = "asked"
    ACKNOWLEDGED = "acknowledged"
    ATTENDING = "attending"
    PREVENTED = "prevented"
    NOT_REACHED = "not_reached"
    UNMANNED = "unmanned"


class Call(SQLModel, table=True):
    """The call to one seat: who answered for it, as what.

    `functions` are those that answer for it, in the order of the law when the call was made; empty
    in calls made before they were kept.
    """

    id: int | None = Field(default=None, primary_key=True)
    summons: str = Field(index=True)
    function: str
    represents: list[str] = Field(sa_column=Column(JSON, nullable=False))
    required: bool = True
    functions: list[str] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, server_default="[]")
    )
    state: str = CallState.ASKED
    answered_by: str | None = None
    answered_as: str | None = None
    rank: int | None = None
    answered_at: datetime | None = moment(nullable=True)
    """When it was first answered for, of what stands: a later word moves it no more."""
    said_by: str | None = None
    """The function that says so for an organisation that cannot; None for its own answer."""
    said_how: str = ""
    read_back: bool = False
    coming_at: datetime | None = moment(nullable=True)
    """When whoever answered says that they come, if that is not from the start."""


class StepState(enum.StrEnum):
    """What became of asking one person. Gone: they lost the function while they were asked."""

    WAITING = "waiting"
    ASKED = "asked"
    ANSWERED = "answered"
    PREVENTED = "prevented"
    SILENT = "silent"
    GONE = "gone"


class CallStep(SQLModel, table=True):
    """One person in a seat's chain, in the order they are asked; frozen when the call is made."""

    id: int | None = Field(default=None, primary_key=True)
    call: int = Field(index=True)
    order: int
    function: str
    rank: int
    mxid: str = Field(index=True)
    name: str
    state: str = StepState.WAITING
    asked_at: datetime | None = moment(nullable=True)
    due_at: datetime | None = moment(nullable=True)
