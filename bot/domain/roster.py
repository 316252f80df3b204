"""Reads a roster: who holds which function when, as a CSV that a spreadsheet can write.

The columns are function, rank, mxid, name, from and to, in any order, in English or in Swedish.
Times are the region's local ones ("2026-11-02 08:00", or a day alone for its midnight); an empty
one is open. Lines that begin with "#" are remarks. A roster is taken whole or not at all.
"""

from __future__ import annotations

import csv
import difflib
import io
import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from bot.domain.region import Held, Region
from bot.domain.walltime import begins_at, ends_at

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "function": ("function", "funktion"),
    "rank": ("rank", "rang", "ordning"),
    "mxid": ("mxid", "matrix", "matrix-id"),
    "name": ("name", "namn"),
    "from": ("from", "från", "fran"),
    "to": ("to", "till"),
}
"""What each column may be called."""
SEPARATORS = ";,\t"
MXID = re.compile(r"^@[a-z0-9._=/+-]+:[A-Za-z0-9.:\[\]-]+$")
LONGEST_MXID = 255


@dataclass(frozen=True)
class RosterProblem:
    """One thing that is wrong; `line` counts from 1."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        """Write it as compilers do, so that an editor can jump there."""
        return f"{self.file}:{self.line}: {self.message}"


class RosterWrong(Exception):  # noqa: N818 - named for what is wrong
    """The roster is refused; nothing of it has been used."""

    def __init__(self, problems: list[RosterProblem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class _Line:
    number: int
    held: Held


class _Unread(ValueError):  # noqa: N818 - says what the line is
    """A line that cannot be read, with the reason for people."""


def read_roster(text: str, region: Region, file: str = "roster") -> tuple[Held, ...]:
    """Read the holdings. Raise RosterWrong with everything that is wrong."""
    (number, names), *rest = _cells(text, file)
    columns = _columns(names)
    missing = [name for name in COLUMNS if name not in columns]
    if missing:
        message = f"has no column {', '.join(missing)}; expected {', '.join(COLUMNS)}"
        raise RosterWrong([RosterProblem(file, number, message)])
    problems: list[RosterProblem] = []
    lines: list[_Line] = []
    for at, cells in rest:
        given = {name: _cell(cells, place) for name, place in columns.items()}
        try:
            lines.append(_Line(at, _held(given, region)))
        except _Unread as unread:
            problems.append(RosterProblem(file, at, str(unread)))
    problems.extend(RosterProblem(file, at, message) for at, message in _overlaps(lines, region))
    if problems:
        raise RosterWrong(sorted(problems, key=lambda problem: problem.line))
    return tuple(line.held for line in lines)


def _cells(text: str, file: str) -> list[tuple[int, list[str]]]:
    """Take the lines apart by the separator that the first one uses most; leave remarks out."""
    text = text.removeprefix("\ufeff")
    first = next((line for line in text.splitlines() if _says_something(line)), "")
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        numbered = [(reader.line_num, cells) for cells in reader if _is_line(cells)]
    except csv.Error as error:
        raise RosterWrong([RosterProblem(file, reader.line_num, f"is no CSV: {error}")]) from error
    if not numbered:
        raise RosterWrong([RosterProblem(file, 1, "is empty; expected a line of column names")])
    return numbered


def _is_line(cells: list[str]) -> bool:
    return any(cell.strip() for cell in cells) and not cells[0].lstrip().startswith("#")


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _columns(names: list[str]) -> dict[str, int]:
    """Tell which column is in which place."""
    said = [name.strip().casefold() for name in names]
    return {
        column: said.index(word)
        for column, words in COLUMNS.items()
        for word in words
        if word in said
    }


def _cell(cells: list[str], place: int) -> str:
    return cells[place].strip() if place < len(cells) else ""


def _held(given: Mapping[str, str], region: Region) -> Held:
    """Read one line. Raise _Unread."""
    starts, ends = _moment(given["from"], begins_at, region), _moment(given["to"], ends_at, region)
    if starts and ends and ends <= starts:
        raise _Unread(f'ends at "{given["to"]}", which is not after "{given["from"]}"')
    if not given["name"]:
        raise _Unread("has no name")
    return Held(
        function=_function(given["function"], region),
        rank=_rank(given["rank"]),
        mxid=_mxid(given["mxid"]),
        person=given["name"],
        starts=starts,
        ends=ends,
    )


def _function(word: str, region: Region) -> str:
    codes = {code.casefold(): code for code in region.functions}
    if word.casefold() in codes:
        return codes[word.casefold()]
    near = difflib.get_close_matches(word.casefold(), codes, n=1)
    meant = f'; did you mean "{codes[near[0]]}"?' if near else ""
    raise _Unread(f'"{word}" is no function of the region{meant}')


def _rank(word: str) -> int:
    if word.isdecimal() and int(word) >= 1:
        return int(word)
    raise _Unread(f'"{word}" is no rank; expected 1 for the holder, 2 for the first deputy, …')


def _mxid(word: str) -> str:
    if MXID.match(word) and len(word) <= LONGEST_MXID:
        return word
    raise _Unread(f'"{word}" is no Matrix id; expected "@name:server"')


def _moment(
    word: str, as_moment: Callable[[datetime, tzinfo], datetime], region: Region
) -> datetime | None:
    """Read a local time, or a day alone; None when it is left open."""
    if not word:
        return None
    try:
        moment = datetime.fromisoformat(word)
    except ValueError:
        message = f'"{word}" is no time; expected "2026-11-02 08:00", or nothing'
        raise _Unread(message) from None
    return as_moment(moment, region.timezone)


def _overlaps(lines: list[_Line], region: Region) -> Iterator[tuple[int, str]]:
    """Find the lines that give a place to somebody while another line gives it away too."""
    places: dict[tuple[str, int], list[_Line]] = {}
    for line in lines:
        places.setdefault((line.held.function, line.held.rank), []).append(line)
    for (function, rank), there in places.items():
        in_order = sorted(there, key=_begin)
        for earlier, later in itertools.pairwise(in_order):
            if earlier.held.ends is None or earlier.held.ends > _met(later, region):
                one, other = sorted((earlier.number, later.number))
                yield other, f"{function}, rank {rank}, is already held in that time by line {one}"


def _met(line: _Line, region: Region) -> datetime:
    """Give the end of one that a line follows: later than its begin, in an hour that comes twice.

    Both hold the function for that hour, rather than nobody.
    """
    begin = _begin(line)
    return begin if line.held.starts is None else ends_at(_wall(begin, region), region.timezone)


def _wall(moment: datetime, region: Region) -> datetime:
    """Give what the region's clocks show then."""
    return moment.astimezone(region.timezone).replace(tzinfo=None)


def _begin(line: _Line) -> datetime:
    return line.held.starts or datetime.min.replace(tzinfo=UTC)
