"""Reads an operator's own folder of words against the bot's: every fault, with its file and line.

An own template takes the place of the bot's with the same name. It may leave a fact out, but none
is there that the bot's has not in its words or in its first line's comment.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from bot.domain.region import Region
from bot.text.environment import SUFFIX
from bot.text.faults import BrokenTemplateError, WordsError
from bot.text.phrasebook import Phrasebook
from bot.text.shelf import Shelf

NO_FILTER = re.compile(r"No filter named '(\w+)'")
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
PRESS = "press"


def faults(folder: Path, shipped: Path, region: Region) -> list[str]:
    """List what is wrong in the folder, a line each: where, what, what was expected, the nearest.

    Raise WordsError when the shipped words themselves are broken.
    """
    known = Phrasebook([shipped], region).languages()
    found: list[str] = []
    for place in sorted(each for each in folder.iterdir() if each.is_dir()):
        if place.name in known:
            ours = Shelf([shipped], place.name, region)
            found += _in_language(place, ours, lambda at: Shelf([folder, shipped], at, region))
        elif not place.name.startswith((".", "_")) and place.name != PRESS:
            found.append(f"{place}: the bot has no words in this language; {_one_of(known)}")
    return found


def _in_language(place: Path, ours: Shelf, both: Callable[[str], Shelf]) -> Iterator[str]:
    try:
        theirs = both(place.name)
    except WordsError as wrong:  # the small words, which all others need
        yield _told(place, wrong)
        return
    for file in sorted(place.rglob(f"*{SUFFIX}")):
        name = file.relative_to(place).as_posix().removesuffix(SUFFIX)
        if not any(part.startswith("_") for part in name.split("/")):
            yield from _in_template(file, name, ours, theirs)


def _in_template(file: Path, name: str, ours: Shelf, theirs: Shelf) -> Iterator[str]:
    names = ours.names()
    if name not in names:
        yield f'{file}: the bot says nothing called "{name}"{_meant(name, names)}'
        return
    try:
        used = theirs.facts_of(name)
    except BrokenTemplateError as broken:
        yield _broken(file, broken, theirs.filters())
        return
    given = ours.facts_of(name)
    for fact in sorted(used - given - _promised(ours, name)):
        where = f"{file}:{_line(file, fact)}"
        yield f'{where}: there is no fact "{fact}"; {_one_of(given)}{_meant(fact, given)}'


def _told(place: Path, wrong: WordsError) -> str:
    if not isinstance(wrong, BrokenTemplateError):
        return str(wrong)
    return _broken(place / f"{wrong.name}{SUFFIX}", wrong, frozenset())


def _broken(file: Path, broken: BrokenTemplateError, filters: Collection[str]) -> str:
    where = f"{file}:{broken.line}" if broken.line else str(file)
    unknown = NO_FILTER.search(broken.why)
    return f"{where}: {broken.why.rstrip('.')}{_meant(unknown[1], filters) if unknown else ''}"


def _promised(ours: Shelf, name: str) -> frozenset[str]:
    """List the words of the bot's own comment: facts that are given though its words need none."""
    comment = COMMENT.search(ours.source(name))
    return frozenset(re.findall(r"\w+", comment[0])) if comment else frozenset()


def _line(file: Path, word: str) -> int:
    """Find the first line on which a word is used, comments aside."""
    text = COMMENT.sub(lambda it: "\n" * it[0].count("\n"), file.read_text(encoding="utf-8"))
    found = re.search(rf"\b{re.escape(word)}\b", text)
    return text.count("\n", 0, found.start()) + 1 if found else 1


def _one_of(names: Collection[str]) -> str:
    return f"expected one of {', '.join(sorted(names))}" if names else "expected none"


def _meant(word: str, names: Collection[str]) -> str:
    near = difflib.get_close_matches(word, names, n=1)
    return f'; did you mean "{near[0]}"?' if near else ""
