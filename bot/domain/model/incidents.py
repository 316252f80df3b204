"""What is handled together: a request for cooperation and all it leads to (R8, R9, R18)."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.domain.model.base import moment


class IncidentState(enum.StrEnum):
    """Where a request for cooperation, and what it led to, stands (b.2). It never ends silently."""

    REQUESTED = "requested"
    NO_NEED = "no_need"
    FOLLOWED = "followed"
    CONTACT = "contact"
    ACTIVATED = "activated"
    STEPPING_DOWN = "stepping_down"
    ENDED = "ended"


class Incident(SQLModel, table=True):
    """Something that is handled together, H-2026-031, from the request for cooperation on.

    `asked_in` is the place of the request, as a letter's ("forum:LC"), where its outcome is told
    too. `judge` is the function whose turn it is to judge, until `judge_until`; None once judged.
    `lead`, `reason`, `end_condition` and `activated_at` belong to activated mode and are set
    together. `steps_down_at` is when stepping down is to be over.
    """

    id: str = Field(primary_key=True)
    text: str
    state: str = Field(default=IncidentState.REQUESTED, index=True)
    asked_at: datetime = moment()
    asked_by: str
    asked_as: str
    asked_in: str
    judge: str | None = None
    judge_until: datetime | None = moment(nullable=True)
    judged_at: datetime | None = moment(nullable=True)
    look_again_at: datetime | None = moment(nullable=True)
    lead: str | None = None
    reason: str = ""
    end_condition: str = ""
    activated_at: datetime | None = moment(nullable=True)
    activated_as: str | None = None
    steps_down_at: datetime | None = moment(nullable=True)
    ended_at: datetime | None = moment(nullable=True)
    chair: str | None = None
    """The function that chairs its meetings instead of each forum's own; None for those (R19)."""
    exercise: str | None = Field(default=None, index=True)
    """The exercise it belongs to; None for what has really happened (R22)."""


class IncidentTurn(SQLModel, table=True):
    """A change of an incident's state: who, as what, why, when. Only ever added to."""

    id: int | None = Field(default=None, primary_key=True)
    incident: str = Field(index=True)
    state: str
    at: datetime = moment()
    mxid: str | None = None
    function: str | None = None
    reason: str = ""


class RhythmTime(SQLModel, table=True):
    """A time at which an incident's conference meets; `meeting` once it has been called (R18)."""

    id: int | None = Field(default=None, primary_key=True)
    incident: str = Field(index=True)
    starts_at: datetime = moment()
    meeting: str | None = None


class ConcernedActor(SQLModel, table=True):
    """An organisation that an incident concerns, and which function said so: its own or another."""

    incident: str = Field(primary_key=True)
    organisation: str = Field(primary_key=True)
    said_as: str
    said_at: datetime = moment()


class Lesson(SQLModel, table=True):
    """What somebody saw in an incident that is worth doing otherwise, LÄ-2026-040 (T20)."""

    id: str = Field(primary_key=True)
    incident: str = Field(index=True)
    text: str
    said_by: str
    said_as: str
    said_at: datetime = moment()
