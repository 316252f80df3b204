"""What is wrong in a file that a person edits: where, what was expected, what was meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

SHOWN = 12
"""How many of the names that would do are listed before the list is cut."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong. `line` counts from 1; 0 when the whole file is meant."""

    file: str
    line: int
    key: str
    message: str
    expected: str = ""
    nearest: str = ""

    def __str__(self) -> str:
        """Write it as compilers do, so that an editor can jump there."""
        where = f"{self.file}:{self.line}" if self.line else self.file
        parts = [f"{where}: {self.key}: {self.message}" if self.key else f"{where}: {self.message}"]
        if self.expected:
            parts.append(f"expected {self.expected}")
        if self.nearest:
            parts.append(f'did you mean "{self.nearest}"?')
        return "".join(map(_visible, "; ".join(parts)))


def _visible(character: str) -> str:
    """Write out what a terminal would obey rather than show."""
    return character if character.isprintable() else ascii(character)[1:-1]


class FileWrong(Exception):  # noqa: N818 - named for what is wrong, like its children
    """A file is refused whole. Carries everything that is wrong in it, in the file's order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class RegionFileWrong(FileWrong):
    """The region file is refused; nothing of it has been used."""


class SettingsFileWrong(FileWrong):
    """The settings are refused; nothing of them has been used."""


def nearest(name: object, valid: Iterable[str]) -> str:
    """Find the valid name that was probably meant, case aside; "" when none is near."""
    by_folded = {option.casefold(): option for option in valid}
    close = difflib.get_close_matches(str(name).casefold(), by_folded, n=1)
    return by_folded[close[0]] if close else ""


def one_of(valid: Iterable[str]) -> str:
    """List the names that would do, cut when there are many."""
    names = list(valid)
    if len(names) <= 1:
        return "".join(names)
    more = f", … ({len(names)} in all)" if len(names) > SHOWN else ""
    return "one of " + ", ".join(names[:SHOWN]) + more
