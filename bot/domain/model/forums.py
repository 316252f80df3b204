"""Forums that are not in the region file, and the ends of those that are (R23)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from bot.domain.model.base import moment


class OpenedForum(SQLModel, table=True):
    """A forum opened while the bot ran; or a temporary one of the law's, once its end was moved.

    `definition` is what it was opened as (`bot.domain.temporary`), None for one of the law's.
    `ends` is its last day. `result` is what it came to, said when it was closed. `built_at` is
    when its room was made as it has been wanted since `changed_at`; None until it is.
    """

    code: str = Field(primary_key=True)
    definition: dict[str, Any] | None = Field(
        default=None, sa_column=Column(JSON(none_as_null=True), nullable=True)
    )
    ends: date
    opened_at: datetime = moment()
    opened_by: str
    opened_as: str
    closed_at: datetime | None = moment(nullable=True)
    closed_as: str | None = None
    result: str = ""
    changed_at: datetime = moment()
    built_at: datetime | None = moment(nullable=True)
