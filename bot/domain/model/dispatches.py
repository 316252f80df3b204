"""What goes out by another way than Matrix, and what became of it."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.domain.model.base import moment


class DispatchState(enum.StrEnum):
    """What is known of a dispatch. Delivered: the receiving server has taken it, no more."""

    WAITING = "waiting"
    SENDING = "sending"
    DELIVERED = "delivered"
    UNKNOWN = "unknown"
    FAILED = "failed"


class Dispatch(SQLModel, table=True):
    """Something urgent to one person that also goes to their organisation by mail or webhook.

    `about` is the id of what it is about: a summons, or an incident. `occasion` tells what of it,
    and which time (`bot.domain.dispatches`). The id is the mail's Message-ID and the webhook's
    idempotency key. One person is told once of an occasion by each way; `mxid` is empty where
    the organisation has nobody. `content` holds "subject", "text" and "data". `why` is a word for
    why it waits, is unknown or has failed; after `until` it is of no use any more.
    """

    __table_args__ = (UniqueConstraint("about", "occasion", "kind", "address", "mxid"),)

    id: str = Field(primary_key=True)
    about: str = Field(index=True)
    occasion: str
    organisation: str
    kind: str
    address: str
    mxid: str
    function: str
    content: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    written_at: datetime = moment()
    until: datetime = moment()
    state: str = Field(default=DispatchState.WAITING, index=True)
    tries: int = 0
    why: str = ""
    changed_at: datetime | None = moment(nullable=True)
