"""Who people are by their keys: the identity pinned to each, and the answers that wait for it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from bot.domain.model.base import moment


class Identity(SQLModel, table=True):
    """The master key that is a person's, as first seen or as somebody has vouched since.

    `devices` are those seen signed by it (device id → Ed25519 key): they stay that person's while a
    server cannot be asked. `changed_to` is another master key that the person's homeserver shows
    now, and that nobody has vouched for; their answers wait.
    """

    mxid: str = Field(primary_key=True)
    master: str
    devices: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    first_seen: datetime = moment()
    vouched_by: str | None = None
    vouched_how: str = "first use"
    vouched_at: datetime | None = moment(nullable=True)
    changed_to: str | None = Field(default=None, index=True)
    changed_at: datetime | None = moment(nullable=True)


class Held(SQLModel, table=True):
    """An answer that waits until somebody vouches; `identity` is the key it came under, if any."""

    event_id: str = Field(primary_key=True)
    mxid: str = Field(index=True)
    event: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    identity: str | None = None
    held_at: datetime = moment(index=True)
