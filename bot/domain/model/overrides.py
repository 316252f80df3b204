"""What was said on top of the roster: who stands in for a while, is added, or is taken out."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.domain.model.base import moment


class OverrideKind(enum.StrEnum):
    """What an override does while it lasts."""

    REPLACE = "replace"
    ADD = "add"
    TAKE_OUT = "take_out"


class Override(SQLModel, table=True):
    """A word that goes before the roster from `starts` until before `ends`; None is no end.

    `instead_of` is who is taken out (replace, take out), `mxid` and `name` who comes in (replace,
    add); of who is taken out, `name` is theirs. A replacement has the place of whom it replaces,
    and only while that person would have had it. `rank` is the place that is added; else the one
    place it is about, None for each that `instead_of` has. `made_by` said so, as `made_as`;
    `source` is by which way. Never rewritten: from `withdrawn_at` it does not count any more, and
    what it did until then stands.
    """

    id: int | None = Field(default=None, primary_key=True)
    function: str = Field(index=True)
    kind: str
    rank: int | None = None
    instead_of: str | None = None
    mxid: str | None = None
    name: str = ""
    starts: datetime = moment()
    ends: datetime | None = moment(nullable=True)
    made_at: datetime = moment()
    made_by: str | None = None
    made_as: str | None = None
    source: str
    reason: str = ""
    withdrawn_at: datetime | None = moment(nullable=True)
    withdrawn_by: str | None = None
