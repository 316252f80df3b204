"""The times at which an activated conference meets, as people write them: "16.40,18.30" (R18)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from bot.domain.calendar import at_wall_time, local
from bot.domain.limits import due
from bot.domain.region import Mode, Region

MOST = 24
"""More times than this are a slip; a rhythm is carried on with `rhythm`."""
BETWEEN = timedelta(hours=2)
"""What is guessed between the times, where only the first is said."""
GUESSED = 3
"""How many times there are then, the first among them."""

_SEPARATORS = re.compile(r"[\s,;]+")
_CLOCK = re.compile(r"^([01]?\d|2[0-3])[:.]([0-5]\d)$")
_SOON = re.compile(r"^\+(\d{1,3})(?:m|min)?$")
_FILLERS = frozenset({"", "kl", "kl.", "at", "och", "and", "&"})


class NoTime(ValueError):  # noqa: N818 - an expected no, which says what the word is not
    """A word that is no clock time; `word` is what was written, "" where nothing was."""

    def __init__(self, word: str) -> None:
        """Keep the word."""
        super().__init__(word)
        self.word = word


@dataclass(frozen=True)
class Rhythm:
    """The times, the earliest first, in UTC; `guessed` if only the first of them was said."""

    times: tuple[datetime, ...]
    guessed: bool = False

    @property
    def first(self) -> datetime:
        """Give the first time."""
        return self.times[0]


def read(text: str, region: Region, now: datetime) -> Rhythm:
    """Read clock times and "+20m", each the next time the clock shows it; NoTime for a slip.

    One time alone is the first of a rhythm that was not thought of: two more are added, two hours
    apart, for whoever reads it to change.
    """
    words = [word for word in _SEPARATORS.split(text) if word.casefold() not in _FILLERS]
    times = sorted({_next(word, region, now) for word in words})
    if not times or len(times) > MOST:
        raise NoTime(text if times else "")
    if len(times) > 1:
        return Rhythm(tuple(times))
    return Rhythm(tuple(times[0] + BETWEEN * turn for turn in range(GUESSED)), guessed=True)


def write(times: Sequence[datetime], region: Region) -> str:
    """Write times so that they can be typed again: "16.40,18.30"."""
    return ",".join(local(region, at).strftime("%H.%M") for at in times)


def called_before(region: Region, now: datetime) -> timedelta:
    """Tell how long before a conference it is called: as long as one needs from alarm (T4).

    Twenty minutes are five for the holder and three for each of five after them (T2, T3).
    """
    return due(region.limits[Mode.ACTIVATED]["start"], now, region, next_meeting=None) - now


def first_late(times: Sequence[datetime], region: Region, now: datetime) -> timedelta | None:
    """Tell how far ahead the first conference is, where that is later than it should be (T6)."""
    limit = region.limits[Mode.ACTIVATED]["first_conference"]
    return times[0] - now if times[0] > due(limit, now, region, next_meeting=None) else None


def _next(word: str, region: Region, now: datetime) -> datetime:
    """Give the next moment at which the region's clocks show that time, after now."""
    if soon := _SOON.match(word):
        return (now + timedelta(minutes=int(soon[1]))).replace(second=0, microsecond=0)
    clock = _CLOCK.match(word.rstrip("."))
    if clock is None:
        raise NoTime(word)
    at, today = time(int(clock[1]), int(clock[2])), local(region, now).date()
    found = at_wall_time(region, today, at)
    if found <= now.astimezone(UTC):
        found = at_wall_time(region, today + timedelta(days=1), at)
    return found


def suggested(region: Region, now: datetime) -> tuple[datetime, ...]:
    """Give times to begin with: as soon as one can (T4), at a whole ten minutes, then on."""
    soonest = now + called_before(region, now)
    over = timedelta(minutes=soonest.minute % 10, seconds=soonest.second)
    first = soonest - over + (timedelta(minutes=10) if over else timedelta(0))
    first = first.replace(microsecond=0)
    return tuple(first + BETWEEN * turn for turn in range(GUESSED))
