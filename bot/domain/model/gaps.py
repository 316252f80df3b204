"""Gaps in the rosters: those that are meant, said beforehand."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.domain.model.base import moment


class PlannedGap(SQLModel, table=True):
    """A time in which a function is unmanned on purpose; who said so, as what, and why.

    Withdrawn, it does not count any more; the row stays.
    """

    __tablename__ = "planned_gap"

    id: int | None = Field(default=None, primary_key=True)
    function: str = Field(index=True)
    starts: datetime = moment()
    ends: datetime = moment()
    why: str
    said_by: str
    said_as: str
    said_at: datetime = moment()
    withdrawn_at: datetime | None = moment(nullable=True)
