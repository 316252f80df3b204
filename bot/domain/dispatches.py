"""What goes out by mail and webhook, and how it goes, as facts for the words: known or unknown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.domain.answer import Facts
from bot.domain.model import Dispatch, DispatchState, Incident
from bot.domain.region import WayKind

ON_ITS_WAY = frozenset({DispatchState.WAITING, DispatchState.SENDING})

A_MINUTE = timedelta(minutes=1)
"""How long something may be on its way before somebody is told: mail servers ask us to wait."""

CALL = "call"
"""The occasion of a summons."""


def judging(incident: Incident) -> str:
    """Name the turn of whoever is asked to judge now; the next one's is another."""
    return _named("judge", incident.judge_until)


def first_info(incident: Incident) -> str:
    """Name the first information; what is activated anew has another."""
    return _named("first_info", incident.activated_at)


def _named(what: str, moment: datetime | None) -> str:
    return f"{what}:{int(moment.timestamp()) if moment else 0}"


def sent_elsewhere(rows: Iterable[Dispatch]) -> list[Facts]:
    """Tell by way what is delivered, on its way, unknown and not delivered, by organisation.

    Of an organisation that was called several times by one way, the last counts.
    """
    last = _last(rows)
    found = [_way(kind, [row for row in last if row.kind == kind]) for kind in WayKind]
    return [way for way in found if way]


def to_phone(rows: Iterable[Dispatch], now: datetime) -> list[str]:
    """List whom to phone: the functions whose organisation has got it by none of its ways.

    What has been on its way for less than a minute may still come.
    """
    last = _last(rows)
    got = {row.organisation for row in last if _has_come_or_may(row, now)}
    return list(dict.fromkeys(row.function for row in last if row.organisation not in got))


def _has_come_or_may(row: Dispatch, now: datetime) -> bool:
    young = row.state in ON_ITS_WAY and now < row.written_at + A_MINUTE
    return young or row.state == DispatchState.DELIVERED


def on_its_way(rows: Iterable[Dispatch], now: datetime) -> datetime | None:
    """Tell when to look again at what has been on its way for less than a minute; None if none."""
    waiting = (row.written_at + A_MINUTE for row in rows if row.state in ON_ITS_WAY)
    return min((at for at in waiting if at > now), default=None)


def _last(rows: Iterable[Dispatch]) -> list[Dispatch]:
    last: dict[tuple[str, str], Dispatch] = {}
    for row in rows:
        last[row.kind, row.organisation] = row
    return list(last.values())


def _way(kind: WayKind, rows: list[Dispatch]) -> Facts:
    if not rows:
        return {}
    return {
        "way": str(kind),
        "delivered": [_told(r) for r in rows if r.state == DispatchState.DELIVERED],
        "waiting": [_told(r) for r in rows if r.state in ON_ITS_WAY],
        "unknown": [_told(r) for r in rows if r.state == DispatchState.UNKNOWN],
        "failed": [_told(r) for r in rows if r.state == DispatchState.FAILED],
    }


def _told(row: Dispatch) -> Facts:
    return {"organisation": row.organisation, "at": row.changed_at, "why": row.why}
