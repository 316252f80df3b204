"""A function changes hands: who goes, who comes, and whether they have met (R1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from bot.domain.model.base import moment


class Handover(SQLModel, table=True):
    """A function goes from one holder to the next at a moment, AV-2026-003.

    Either may be nobody. `lines` are what the one who goes has written for the one who comes, each
    with its `name`, `text` and `at` (ISO 8601). `moved_at` is set once the seat has moved,
    `called_off_at` when the roster no longer says so: one of the two, and never both.
    """

    id: str = Field(primary_key=True)
    function: str = Field(index=True)
    at: datetime = moment(index=True)
    outgoing: str | None = Field(default=None, index=True)
    outgoing_name: str = ""
    incoming: str | None = Field(default=None, index=True)
    incoming_name: str = ""
    lines: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False)
    )
    briefed_at: datetime | None = moment(nullable=True)
    taken_over_at: datetime | None = moment(nullable=True)
    moved_at: datetime | None = moment(nullable=True)
    called_off_at: datetime | None = moment(nullable=True)
