"""A calendar as a roster: who each shift names, and what that person then holds.

A shift names somebody by Matrix id, or by a name that a roster has given already; never by what
people call themselves in Matrix, which anybody may choose. Those invited are looked at first, then
the title, then who made it. A title may end in "/2": that is the rank.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.domain.region import Held
from bot.domain.walltime import begins_at, ends_at

MXID = re.compile(r"(?<![\w.@])@[a-z0-9._=/+-]+:[A-Za-z0-9.-]+(?::\d+)?|(?<=matrix:u/)[^\s?]+")
RANK = re.compile(r"\s*/\s*(\d{1,2})\s*$")
LONGEST_MXID = 255


@dataclass(frozen=True)
class Shift:
    """One event of a calendar; days and wall times without a zone are the region's.

    `invited` has each person in the ways in which they are named.
    """

    title: str
    starts: date | datetime
    ends: date | datetime
    invited: tuple[tuple[str, ...], ...] = ()
    organizer: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fault:
    """Why a calendar is not used: a code, the event it is about, what was found there."""

    why: str
    event: str = ""
    detail: str = ""


class CalendarWrong(Exception):  # noqa: N818 - named for what is wrong
    """The calendar is refused; nothing of it has been used."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.why)
        self.fault = fault


@dataclass
class Names:
    """Who is known by which name, as rosters have given them."""

    by_name: Mapping[str, set[str]] = field(default_factory=dict)
    by_mxid: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> Names:
        """Read pairs of a name and a Matrix id."""
        by_name: dict[str, set[str]] = defaultdict(set)
        by_mxid: dict[str, str] = {}
        for name, mxid in pairs:
            by_name[_plain(name)].add(mxid)
            by_mxid[mxid] = name
        return cls(by_name, by_mxid)

    def among(self, words: str) -> set[str]:
        """Give whom these words name: by Matrix id, by a whole name, by a name among others."""
        written = {_mxid(found) for found in MXID.findall(words)}
        if written:
            return written
        whole = self.by_name.get(_plain(words))
        if whole:
            return set(whole)
        inside = (
            who
            for name, who in self.by_name.items()
            if name and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", _plain(words))
        )
        return {mxid for who in inside for mxid in who}

    def name_of(self, mxid: str) -> str:
        """Give a person's name; the first part of the Matrix id where no roster has given one."""
        return self.by_mxid.get(mxid, mxid.partition(":")[0].lstrip("@"))


def held(
    shifts: Iterable[Shift], function: str, rank: int, names: Names, zone: ZoneInfo
) -> list[Held]:
    """Give what the shifts of a function's calendar say. Raise CalendarWrong."""
    found: dict[Held, None] = {}
    for shift in shifts:
        title, first = _ranked(shift.title, rank)
        starts, ends = begins_at(shift.starts, zone), ends_at(shift.ends, zone)
        if ends <= starts:  # it lies in the hour that the clocks leave out
            continue
        for place, mxid in enumerate(_people(shift, title, names)):
            row = Held(function, first + place, mxid, names.name_of(mxid), starts, ends)
            found.setdefault(row)
    return list(found)


def _people(shift: Shift, title: str, names: Names) -> Iterator[str]:
    """List whom a shift names, the holder first. Raise CalendarWrong when that is nobody."""
    invited = [_one(shift, names, ways) for ways in shift.invited]
    there = list(dict.fromkeys(who for who in invited if who))
    one = None if there else _one(shift, names, (title,)) or _one(shift, names, shift.organizer)
    if one:
        there = [one]
    if not there:
        raise CalendarWrong(Fault("nobody", shift.title))
    yield from there


def _one(shift: Shift, names: Names, ways: Iterable[str]) -> str | None:
    """Give the one whom words name, or None. Raise CalendarWrong when they name several."""
    for words in ways:
        who = names.among(words)
        if len(who) > 1:
            raise CalendarWrong(Fault("several", shift.title, ", ".join(sorted(who))))
        if who:
            return next(iter(who))
    return None


def _ranked(title: str, rank: int) -> tuple[str, int]:
    """Take the rank off a title. Raise CalendarWrong for rank 0."""
    found = RANK.search(title)
    if found is None:
        return title, rank
    if int(found[1]) < 1:
        raise CalendarWrong(Fault("rank", title, found[1]))
    return title[: found.start()], int(found[1])


def _mxid(found: str) -> str:
    return (found if found.startswith("@") else f"@{found}")[:LONGEST_MXID]


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
