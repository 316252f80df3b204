"""What is carried home from a meeting, and the log of everything (R10, R12, R17, R29)."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from bot.domain.model.base import moment


class CarryBackState(enum.StrEnum):
    """How far home it has come; `LEFT_OVER` stands in the chair's list."""

    SENT = "sent"
    RECEIVED = "received"
    CARRIED = "carried"
    CONFIRMED = "confirmed"
    LEFT_OVER = "left_over"


class CarryBack(SQLModel, table=True):
    """One organisation's part of a meeting on its way home, AF-2026-0014.

    `part` holds the note's own facts, frozen when the digest was approved: what the
    organisation took on, its positions, what it owes. Received, carried and confirmed are three
    facts with a person, a time and a way each.
    """

    id: str = Field(primary_key=True)
    meeting: str = Field(index=True)
    forum: str
    organisation: str
    seat: str
    receiver: str
    own_part: bool
    part: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    state: str = Field(default=CarryBackState.SENT, index=True)
    carrier: str | None = Field(default=None, index=True)
    receiver_mxid: str | None = Field(default=None, index=True)
    sent_at: datetime = moment()
    receive_by: datetime = moment()
    carry_by: datetime = moment()
    confirm_by: datetime = moment()
    received_at: datetime | None = moment(nullable=True)
    received_by: str | None = None
    carried_at: datetime | None = moment(nullable=True)
    carried_by: str | None = None
    carried_how: str | None = None
    confirmed_at: datetime | None = moment(nullable=True)
    confirmed_by: str | None = None
    confirmed_how: str | None = None


class LogEntry(SQLModel, table=True):
    """One line of the append-only log; `hash` covers the line and the hash before it (R17)."""

    position: int | None = Field(default=None, primary_key=True)
    happened_at: datetime = moment()
    written_at: datetime = moment()
    what: str
    """ "noun.happened", as in the program's own log."""
    subject: str = Field(index=True)
    forum: str | None = Field(default=None, index=True)
    function: str | None = None
    mxid: str | None = None
    facts: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    corrects: int | None = None
    previous: str
    hash: str = Field(unique=True)
