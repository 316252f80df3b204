"""Who is there: people, what they hold when, the rooms and who is in them."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.domain.model.base import moment


class Person(SQLModel, table=True):
    """Somebody the bot talks with. No more than a name and a language (GDPR)."""

    mxid: str = Field(primary_key=True)
    name: str
    language: str | None = None


class Holding(SQLModel, table=True):
    """A person has a function from one moment until before another (R1). Rank 1 is the holder.

    Never rewritten: what turns out otherwise is withdrawn, and another row says what is true. It
    came to be known at `known_at` (None: always was) and counted until `withdrawn_at`.
    """

    id: int | None = Field(default=None, primary_key=True)
    function: str = Field(index=True)
    rank: int
    mxid: str = Field(index=True)
    name: str
    starts: datetime | None = moment(nullable=True)
    ends: datetime | None = moment(nullable=True)
    source: str
    known_at: datetime | None = moment(nullable=True)
    withdrawn_at: datetime | None = moment(nullable=True)


class Room(SQLModel, table=True):
    """A room of the bot's, by its key: "space", "level:CODE", "forum:CODE", "direct:@mxid"."""

    key: str = Field(primary_key=True)
    room_id: str = Field(unique=True)
    alias: str | None = None
    encrypted: bool = False
    made_at: datetime = moment()


class Member(SQLModel, table=True):
    """What a room last said of a person.

    `by_choice`: they left, or another person took them out; either way it was not the bot.
    """

    room_id: str = Field(primary_key=True)
    mxid: str = Field(primary_key=True)
    membership: str
    by_choice: bool = False
    asked_back: bool = False
    since: datetime = moment()


class Invitation(SQLModel, table=True):
    """A room the bot is asked into, or one it should not be in, until that is answered."""

    room_id: str = Field(primary_key=True)
    inviter: str
    direct: bool = False
    heard_at: datetime = moment()
