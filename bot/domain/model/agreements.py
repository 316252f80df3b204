"""What a forum agrees on, each seat's position, and what somebody has taken on (R3-R7)."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.domain.model.base import moment


class AgreementState(enum.StrEnum):
    """An agreement's life (b.2). STANDS_FOR_SOME: for those who agree, the others named (R5)."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    AGREED_WITH_RESERVATION = "agreed_with_reservation"
    STANDS_FOR_SOME = "stands_for_some"
    NOT_AGREED = "not_agreed"
    ADVICE = "advice"
    """What a support forum proposes; it closes nothing (R7)."""


class Choice(enum.StrEnum):
    """The five positions, in the order of their digits."""

    AGREES = "agrees"
    RESERVATION = "reservation"
    ANCHOR = "anchor"
    DISAGREES = "disagrees"
    NOT_CONCERNED = "not_concerned"


class Blank(enum.StrEnum):
    """What stands in the ledger in place of a position: it was taken back, or nobody can read it.

    Each is the person's last word for that seat, so that what they said before counts no more.
    """

    TAKEN_BACK = "taken_back"
    SPOILED = "spoiled"


class Agreement(SQLModel, table=True):
    """A proposal and what became of it, OV-2026-014 (R16)."""

    id: str = Field(primary_key=True)
    forum: str = Field(index=True)
    meeting: str | None = Field(default=None, index=True)
    kind: str
    text: str
    why: str
    proposed_by: str
    proposed_as: str
    proposed_at: datetime = moment()
    closes_at: datetime = moment()
    valid_until: datetime | None = moment(nullable=True)
    review_at: datetime | None = moment(nullable=True)
    state: str = Field(default=AgreementState.PROPOSED, index=True)
    closed_at: datetime | None = moment(nullable=True)
    incident: str | None = Field(default=None, index=True)
    """What it is about, H-2026-031; None for what belongs to the ordinary week."""


class Concerned(SQLModel, table=True):
    """A seat whose position is asked for.

    `unread_at`: when it closed, a message had come from the seat then that nobody could read.
    """

    agreement: str = Field(primary_key=True)
    function: str = Field(primary_key=True)
    unread_at: datetime | None = moment(nullable=True)


class Position(SQLModel, table=True):
    """An answer given for a seat. The ledger keeps every one; the last that counts decides.

    `rank` is the answering person's: a deputy's answer gives way to the holder's. `choice` is a
    Choice or a Blank; `takes_back` the event whose answer was removed: it counts as never given.
    """

    id: int | None = Field(default=None, primary_key=True)
    agreement: str = Field(index=True)
    function: str
    choice: str
    text: str = ""
    mxid: str
    rank: int
    given_at: datetime = moment()
    anchored_until: datetime | None = moment(nullable=True)
    event_id: str = Field(index=True)
    takes_back: str | None = None
    said_by: str | None = None
    """The function that says so for an organisation that cannot; None for its own answer."""
    said_how: str = ""
    read_back: bool = False


class ActionState(enum.StrEnum):
    """An action's life: it is taken on, never assigned."""

    TAKEN_ON = "taken_on"
    DONE = "done"
    LATE = "late"
    HANDED_BACK = "handed_back"


class Action(SQLModel, table=True):
    """What an organisation has taken on, AT-2026-014."""

    id: str = Field(primary_key=True)
    forum: str = Field(index=True)
    meeting: str | None = Field(default=None, index=True)
    agreement: str | None = None
    text: str
    function: str
    mxid: str
    taken_on_at: datetime = moment()
    due_at: datetime | None = moment(nullable=True)
    state: str = Field(default=ActionState.TAKEN_ON, index=True)
    ended_at: datetime | None = moment(nullable=True)
    note: str = ""
    incident: str | None = Field(default=None, index=True)
    """What it is about, H-2026-031; None for what belongs to the ordinary week."""
