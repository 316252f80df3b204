"""The program's own log: a line for each thing that happens, on standard error.

A line holds identifiers, kinds and counts. What people wrote and what a stranger's server sent
does not come in: an id is escaped and cut, a value of another shape is named by its type, and a
traceback tells where something broke and what kind of error it was, not the error's own words,
which may quote anything.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any, TextIO, TypeAlias

import structlog

LONGEST = 255  # characters of a value; a Matrix id is no longer
OURS = frozenset({"event", "level", "timestamp", "exc_info"})
"""What no stranger has a hand in, and what the traceback is made of."""

ExcInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType | None]


def log_to_stderr(level: str) -> None:
    """Write the log from that level on to standard error, as it is at each line."""
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper("iso"),
            harmless,
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=without_words),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


def harmless(_: object, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Make every value of a line one word of a log, whoever chose its bytes."""
    for key in line.keys() - OURS:
        line[key] = told(line[key])
    return line


def told(value: object) -> object:
    """Give a value as a log may show it: whole if it is a number or a sound id."""
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return _escaped(value[:LONGEST]) + ("…" if len(value) > LONGEST else "")
        case tuple():
            return "/".join(str(told(each)) for each in value[:3])
    return type(value).__name__


def _escaped(text: str) -> str:
    """Write what has no shape of its own, or turns a line around, as its number."""
    if text.isprintable():
        return text
    return "".join(it if it.isprintable() else it.encode("unicode_escape").decode() for it in text)


def without_words(out: TextIO, failure: ExcInfo) -> None:
    """Write where it broke and the kinds of the errors, the first cause first."""
    for error in reversed(_chain(failure[1])):
        out.write("".join(traceback.format_tb(error.__traceback__)))
        out.write(f"{type(error).__module__}.{type(error).__qualname__}\n")


def _chain(error: BaseException) -> list[BaseException]:
    """List an error and what caused it."""
    found = [error]
    while (before := found[-1].__cause__ or found[-1].__context__) and before not in found:
        found.append(before)
    return found
