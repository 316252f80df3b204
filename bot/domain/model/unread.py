"""What came and could not be read: kept until its key comes, or until it is too old."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.domain.model.base import moment


class UnreadState(enum.StrEnum):
    """How far it has come: its key is awaited, is to be asked for, has been; its sender is told.

    SPOKEN: after being told they have written something that could be read.
    """

    WAITING = "waiting"
    WANTED = "wanted"
    ASKED = "asked"
    TOLD = "told"
    SPOKEN = "spoken"


class Unread(SQLModel, table=True):
    """An encrypted event as it came, `raw`, in JSON. `about` is what it relates to, if in clear."""

    position: int | None = Field(default=None, primary_key=True)
    event_id: str = Field(unique=True)
    room_id: str = Field(index=True)
    sender: str
    session_id: str
    about: str | None = None
    raw: str
    heard_at: datetime = moment(index=True)
    state: str = UnreadState.WAITING
