"""The small words that filters need, read from `{language}/_words.md.j2`.

A language is added by writing its templates; nothing of it is wired in here.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from jinja2 import TemplateError, TemplateNotFound

from bot.text.faults import BrokenTemplateError, MissingTemplateError

if TYPE_CHECKING:
    from pathlib import Path

    from bot.text.environment import Environment

NAME = "_words"


@dataclass(frozen=True)
class Vocabulary:
    """A language's small words. Patterns: `clock` is strftime's, days are CLDR's.

    `today` to `on_day` hold `{clock}` (and `{day}`) where the time and the day go. `minutes`,
    `hours` and `days` hold one and many, parted by a bar ("minut|minuter").
    """

    clock: str
    today: str
    tomorrow: str
    yesterday: str
    on_day: str
    this_day: str
    weekday: str
    short_day: str
    long_day: str
    year: str
    last_and: str
    opening_quote: str
    closing_quote: str
    minutes: str
    hours: str
    days: str


def read_vocabulary(environment: Environment, language: str, folder: Path) -> Vocabulary:
    """Read the language's small words; WordsError if the file or one of them is missing."""
    try:
        said = environment.get_template(f"{NAME}.md.j2").module
    except TemplateNotFound:
        raise MissingTemplateError(folder / language / f"{NAME}.md.j2") from None
    except TemplateError as fault:
        why, line = fault.message or type(fault).__name__, getattr(fault, "lineno", 0)
        raise BrokenTemplateError(NAME, language, why, line) from fault
    missing = [field.name for field in fields(Vocabulary) if not hasattr(said, field.name)]
    if missing:
        raise BrokenTemplateError(NAME, language, f"it does not set {', '.join(missing)}")
    return Vocabulary(
        **{field.name: str(getattr(said, field.name)) for field in fields(Vocabulary)}
    )
