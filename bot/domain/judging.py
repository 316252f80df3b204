"""Whose turn it is to judge a request for cooperation (R8, R9, T1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.domain.limits import due
from bot.domain.region import Mode, Region
from bot.domain.summons import Roster


def next_judge(judges: Sequence[str], roster: Roster, after: str | None = None) -> str | None:
    """Give the first judge that somebody holds, of those that come after one; None at the end.

    A function that nobody holds is passed over at once.
    """
    left = judges[judges.index(after) + 1 :] if after in judges else judges
    return next((function for function in left if roster.get(function)), None)


def judged_by(region: Region, now: datetime) -> datetime:
    """Tell until when a request is judged: whenever it comes, by the activated limit (T1).

    Nobody knows before the judging how much hurry there is, and the one who asks least of all.
    """
    return due(region.limits[Mode.ACTIVATED]["judge"], now, region, next_meeting=None)
