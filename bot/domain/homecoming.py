"""How far home a meeting has come: received, carried and confirmed are three facts (R10)."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.domain.answer import Direct, Reply, Typed
from bot.domain.frozen import thaw
from bot.domain.model import CarryBack, CarryBackState
from bot.domain.region import Region
from bot.domain.summons import Link, Roster

HOUR = timedelta(hours=1)
SELF, READ_BACK, IN_PERSON = "self", "readback", "in_person"
"""How it was confirmed: by the receiver; as the carrier says; the receiver sits in the seat."""
SENT = "sent"
"""Carried by the bot's own message to the receiver."""
WAYS = frozenset({"phone", "radio", "paper", "meeting", "mail", "sms", SENT, IN_PERSON})
"""Ways of handing over that there are words for; another is told as it was typed."""


class Act(enum.StrEnum):
    """What can be lacking, in order; each has a deadline "carry_back.…"."""

    RECEIVE = "receive"
    CARRY = "carry"
    CONFIRM = "confirm"


@dataclass(frozen=True)
class Counts:
    """A meeting's carry-backs, counted; `own` are those with a part of their own."""

    total: int
    received: int
    own: int
    carried: int
    confirmed: int


def lacking(row: CarryBack) -> Act | None:
    """Tell what is to be done next with a carry-back; None when it is home.

    Without a part of its own it needs no more than to be received (A6).
    """
    if row.received_at is None and row.carried_at is None and row.confirmed_at is None:
        return Act.RECEIVE
    if not row.own_part or row.confirmed_at is not None:
        return None
    return Act.CARRY if row.carried_at is None else Act.CONFIRM


def due_by(row: CarryBack, act: Act) -> datetime:
    """Give the moment by which an act is to be done."""
    by = {Act.RECEIVE: row.receive_by, Act.CARRY: row.carry_by, Act.CONFIRM: row.confirm_by}
    return by[act]


def counts(rows: Iterable[CarryBack]) -> Counts:
    """Count how far home they have come."""
    all_ = list(rows)
    own = [row for row in all_ if row.own_part]
    return Counts(
        total=len(all_),
        received=sum(row.received_at is not None for row in all_),
        own=len(own),
        carried=sum(row.carried_at is not None for row in own),
        confirmed=sum(row.confirmed_at is not None for row in own),
    )


def step(row: CarryBack) -> timedelta:
    """Tell how long the next in turn has: as long as the carrier had, but never over an hour."""
    return min(row.receive_by - row.sent_at, HOUR)


def wait_until(row: CarryBack, act: Act, now: datetime) -> datetime:
    """Give when to ask after an act: by its limit, but not before who acts next has had a turn."""
    by = due_by(row, act)
    return by if act is Act.RECEIVE else max(by, now + step(row))


def able(region: Region, row: CarryBack, act: Act) -> tuple[str, str]:
    """Give the functions that can do what is lacking: the one it is for, the contact point."""
    first = row.receiver if act is Act.CONFIRM else row.seat
    return first, _contact_point(region, row)


def chain(region: Region, row: CarryBack, act: Act, roster: Roster) -> list[Link]:
    """List who can do what is lacking: the function's holder, its deputies, the contact point."""
    links: dict[str, Link] = {}
    for function in able(region, row, act):
        for held in roster.get(function, ()):
            links.setdefault(held.mxid, Link(function, held.rank, held.mxid, held.name))
    return list(links.values())


def carriers(region: Region, row: CarryBack) -> tuple[str, ...]:
    """List the functions that carry it: the seat's, and the organisation's contact point."""
    return (row.seat, _contact_point(region, row))


def _contact_point(region: Region, row: CarryBack) -> str:
    home = region.organisations.get(row.organisation)
    return home.contact_point if home else row.seat


def facts(row: CarryBack) -> dict[str, Any]:
    """Give all that a message about a carry-back may say."""
    return {
        "id": row.id,
        "incident": incident_of(row),
        "organisation": row.organisation,
        "seat": row.seat,
        "receiver": row.receiver,
        "own_part": row.own_part,
        "part": thaw(row.part),
        "receive_by": row.receive_by,
        "carry_by": row.carry_by,
        "confirm_by": row.confirm_by,
        **progress(row),
    }


def incident_of(row: CarryBack) -> str | None:
    """Give the incident that the meeting was about; None if it was of the ordinary week."""
    incident: str | None = row.part.get("incident")
    return incident


def progress(row: CarryBack) -> dict[str, Any]:
    """Give the three facts, each with its time, by whom and how."""
    return {
        "received_at": row.received_at,
        "received_by": row.received_by,
        "carried_at": row.carried_at,
        "carried_by": row.carried_by,
        "way": row.carried_how if row.carried_how in WAYS else None,
        "way_typed": None if row.carried_how in (*WAYS, None) else Typed(row.carried_how),
        "confirmed_at": row.confirmed_at,
        "confirmed_by": row.confirmed_by,
        "confirmed_how": row.confirmed_how,
    }


def note(row: CarryBack, turn: Link | None = None) -> Reply:
    """Write the note to its carrier; said again, it is the same message, brought up to date.

    `turn`: the next in turn, who gets it because it is late.
    """
    assert row.carrier is not None  # noqa: S101 - nobody writes to nobody
    act = lacking(row)
    fresh = turn is not None or act is Act.RECEIVE
    late = {"function": turn.function, "deputy": turn.rank > 1} if turn else None
    return Reply(
        "carry_back/note",
        {**facts(row), "lacks": str(act) if act else None, "turn": late},
        to=Direct(row.carrier),
        mention=(row.carrier,) if fresh else (),
        subject=f"carry_back:{row.id}",
        object=f"carry_back:{row.id}",
        tap="✅" if fresh else None,
        call=fresh,
    )


def receipt(row: CarryBack) -> Reply:
    """Write the note to the one who receives at home, who confirms it with one tap."""
    assert row.receiver_mxid is not None  # noqa: S101 - as above
    return Reply(
        "carry_back/receipt",
        facts(row),
        to=Direct(row.receiver_mxid),
        mention=(row.receiver_mxid,),
        subject=f"receipt:{row.id}",
        tap="✅",
        call=True,
    )


def summary(rows: Iterable[CarryBack], now: datetime) -> dict[str, Any]:
    """Sum up for the chair: the counts, and by name what is late or has nobody."""
    all_ = list(rows)
    found = counts(all_)
    late = [row for row in all_ if _is_late(row, now)]
    return {
        "total": found.total,
        "received": found.received,
        "own": found.own,
        "carried": found.carried,
        "confirmed": found.confirmed,
        "unmanned": [_item(row) for row in late if row.carrier is None],
        "unreceived": [_item(row) for row in late if _lacks(row, Act.RECEIVE)],
        "uncarried": [_item(row) for row in late if _lacks(row, Act.CARRY)],
        "unconfirmed": [_item(row) for row in late if _lacks(row, Act.CONFIRM)],
        "all_home": all(lacking(row) is None for row in all_),
    }


def _lacks(row: CarryBack, act: Act) -> bool:
    return lacking(row) is act and row.carrier is not None


def _is_late(row: CarryBack, now: datetime) -> bool:
    act = lacking(row)
    left = row.state == CarryBackState.LEFT_OVER
    return act is not None and (left or due_by(row, act) <= now)


def _item(row: CarryBack) -> dict[str, Any]:
    return {
        "id": row.id,
        "organisation": row.organisation,
        "receiver": row.receiver,
        "left_over": row.state == CarryBackState.LEFT_OVER,
    }
