"""What an exercise took: to acknowledge, to start, to decide, to be home, by organisation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

MINUTE = timedelta(minutes=1)
KINDS = ("acknowledged", "started", "decided", "home")
"""What is measured: from the call, the call, the proposal, and what was handed out to carry."""


@dataclass(frozen=True)
class Span:
    """From when something was asked of an organisation until it was so; None: it never was."""

    organisation: str
    kind: str
    asked: datetime
    done: datetime | None

    @property
    def minutes(self) -> float | None:
        """Give how long it took."""
        return None if self.done is None else (self.done - self.asked) / MINUTE


@dataclass
class Row:
    """An organisation's times: the longest of each kind, in minutes, and how many never came."""

    organisation: str
    longest: dict[str, float] = field(default_factory=dict)
    missing: dict[str, int] = field(default_factory=dict)
    points: list[tuple[float, str]] = field(default_factory=list)
    """When each came, in minutes from the beginning of the exercise, and its kind."""


def rows(spans: Iterable[Span], began: datetime, order: Iterable[str]) -> list[Row]:
    """Sum the spans up by organisation, in that order; those of whom nothing was asked are out."""
    by: dict[str, Row] = {}
    for span in spans:
        row = by.setdefault(span.organisation, Row(span.organisation))
        if span.done is None or span.minutes is None:
            row.missing[span.kind] = row.missing.get(span.kind, 0) + 1
        else:
            row.longest[span.kind] = max(row.longest.get(span.kind, 0.0), span.minutes)
            row.points.append(((span.done - began) / MINUTE, span.kind))
    return [by[code] for code in order if code in by]


def facts_of(row: Row) -> dict[str, Any]:
    """Give what is said of an organisation."""
    return {
        "organisation": row.organisation,
        **{
            kind: {"minutes": _whole(row.longest.get(kind)), "missing": row.missing.get(kind, 0)}
            for kind in KINDS
        },
    }


def _whole(minutes: float | None) -> int | None:
    """Round up to whole minutes: a second is not nothing."""
    return None if minutes is None else int(-(-minutes // 1))


def picture(
    rows_: Iterable[Row], names: Mapping[str, str], length: timedelta, title: str
) -> dict[str, Any]:
    """Give what is drawn: each organisation's points on one scale of minutes."""
    return {
        "title": title,
        "length": max(1.0, length / MINUTE),
        "rows": [
            {
                "name": names[row.organisation],
                "points": [[round(at, 2), KINDS.index(kind)] for at, kind in sorted(row.points)],
                "missing": [row.missing.get(kind, 0) for kind in KINDS],
            }
            for row in rows_
        ],
    }
