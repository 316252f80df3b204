"""Exercises: the law practised in rooms of its own, by those who take part (R22)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from bot.domain.model.base import moment


class HeldExercise(SQLModel, table=True):
    """An exercise, ÖVN1: the law's forums it practises, and by mxid who takes part in it.

    Who plays what are holdings of its own functions. `built_at` is when its rooms were made as
    they have been wanted since `changed_at`; None until they are.
    """

    code: str = Field(primary_key=True)
    title: str
    forums: list[str] = Field(sa_column=Column(JSON, nullable=False))
    participants: list[str] = Field(sa_column=Column(JSON, nullable=False))
    started_at: datetime = moment()
    started_by: str
    started_as: str
    started_in: str
    ended_at: datetime | None = moment(nullable=True)
    ended_by: str | None = None
    changed_at: datetime = moment()
    built_at: datetime | None = moment(nullable=True)
