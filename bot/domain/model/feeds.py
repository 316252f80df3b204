"""Calendars that are read again and again, and how that went last."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from bot.domain.model.base import moment


class Feed(SQLModel, table=True):
    """A function's calendar. Its name is the source of what it says.

    Read every `minutes`; `wanted_at` is set while it is to be read. `fault` is why the last
    reading changed nothing (`domain.shifts.Fault`), `faulty_since` when that began; `shared` are
    the times, as far as told, in which several have one place.
    """

    name: str = Field(primary_key=True)
    function: str
    minutes: int
    wanted_at: datetime | None = moment(nullable=True)
    read_at: datetime | None = moment(nullable=True)
    fault: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    faulty_since: datetime | None = moment(nullable=True)
    shared: str = ""
