"""A test call: who was asked to show that they can be reached, and who did."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.domain.model.base import moment


class TestCall(SQLModel, table=True):
    """A test call to every duty function, PK-2026-003; nobody is to meet.

    `made_by` (mxid) and `made_as` (function) are None where the law's calendar made it.
    """

    __tablename__ = "test_call"
    __test__ = False

    id: str = Field(primary_key=True)
    made_at: datetime = moment()
    made_by: str | None = None
    made_as: str | None = None
    closes_at: datetime = moment()
    closed_at: datetime | None = moment(nullable=True)


class TestedFunction(SQLModel, table=True):
    """A function in a test call: who had it then, None where it was unmanned.

    `deviceless`: they had no device that could read an encrypted room.
    """

    __tablename__ = "tested_function"
    __test__ = False

    id: int | None = Field(default=None, primary_key=True)
    test: str = Field(index=True)
    function: str
    mxid: str | None = None
    name: str = ""
    deviceless: bool = False
    answered_at: datetime | None = moment(nullable=True)
