"""The tables of the line itself: what was handled, what is to be sent, what is due."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.domain.model.base import moment


class Kept(SQLModel, table=True):
    """A single value the bot must not lose, by name: the place in the sync stream."""

    key: str = Field(primary_key=True)
    value: str


class Handled(SQLModel, table=True):
    """An event that has been acted on. What comes twice is acted on once."""

    event_id: str = Field(primary_key=True)
    handled_at: datetime = moment(index=True)


class HeardKey(SQLModel, table=True):
    """Which messages under somebody's key for a room have been heard, by their numbers in it.

    `key` names the key and whose it is; `numbers` are runs: first and last, both included.
    """

    key: str = Field(primary_key=True)
    numbers: list[list[int]] = Field(sa_column=Column(JSON, nullable=False))


class Letter(SQLModel, table=True):
    """Something to put in a room. Its id is the Matrix transaction id.

    `place` is "forum:CODE", "direct:@mxid" or "room:!id"; `position` gives the order within it.
    `object` names a message edited in place; `subject` what reactions to it are about.
    `kind` is "message", "file", "poll", "poll_end" or "tap"; `content` what the doorway makes an
    event of.
    `target` is the letter that a tap or a poll's end belongs to.
    """

    position: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    place: str = Field(index=True)
    kind: str
    content: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    urgent: bool = False
    object: str | None = Field(default=None, index=True)
    subject: str | None = Field(default=None, index=True)
    target: str | None = None
    written_at: datetime = moment()
    event_id: str | None = Field(default=None, index=True)
    sent_at: datetime | None = moment(nullable=True, index=True)
    given_up: str | None = None


class Deadline(SQLModel, table=True):
    """A moment at which something must be looked at again: `deadlines` has a file per kind."""

    __table_args__ = (UniqueConstraint("kind", "subject"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    subject: str
    due_at: datetime = moment(index=True)
    rung_at: datetime | None = moment(nullable=True)


class Counter(SQLModel, table=True):
    """The last number given out for a kind of object in a year (OV-2026-014)."""

    kind: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    last: int


class Answered(SQLModel, table=True):
    """An event that answered something other than a proposal, so that it can be taken back.

    `about` is "call:ID", "spoken:CALL_ID", "received:AF-…", "confirmed:AF-…" or "approved:M-…";
    `said` a CallState or nothing.
    """

    id: int | None = Field(default=None, primary_key=True)
    event_id: str = Field(index=True)
    mxid: str
    about: str = Field(index=True)
    said: str = ""
    given_at: datetime = moment()
    taken_back_at: datetime | None = moment(nullable=True)
