"""When the homeservers of the people who are called did not answer."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.domain.model.base import moment


class Outage(SQLModel, table=True):
    """A homeserver that did not answer, `since` when and `until` when; None while it lasts.

    `mxid` is whose profile was asked for, and is asked for until it comes.
    """

    id: int | None = Field(default=None, primary_key=True)
    server: str = Field(index=True)
    mxid: str
    since: datetime = moment()
    until: datetime | None = moment(nullable=True)
