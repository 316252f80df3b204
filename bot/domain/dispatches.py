"""How it goes with the calls by mail and webhook, as facts for the words: known or unknown."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.answer import Facts
from bot.domain.model import Dispatch, DispatchState
from bot.domain.region import WayKind

ON_ITS_WAY = frozenset({DispatchState.WAITING, DispatchState.SENDING})


def sent_elsewhere(rows: Iterable[Dispatch]) -> list[Facts]:
    """Tell by way what is delivered, on its way, unknown and not delivered, by organisation.

    Of an organisation that was called several times by one way, the last counts.
    """
    last: dict[tuple[str, str], Dispatch] = {}
    for row in rows:
        last[row.kind, row.organisation] = row
    found = [_way(kind, [r for (k, _), r in last.items() if k == kind]) for kind in WayKind]
    return [way for way in found if way]


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
