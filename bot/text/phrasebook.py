"""The words of the bot, in every language it has words in.

How to write a template
-----------------------
A template is Markdown with Jinja2 in `config/text/{language}/NAME.md.j2`. An operator's own folder
may hold another with the same name, which is used instead. Names may have folders ("refusal/…").

- The first line is a comment that says the facts: `{# facts: forum, agreements (id, text) #}`.
  All languages have the same templates, and these use the same facts; `now` is always there.
- The first line of a message says what is asked of the reader, and until when. Whole sentences.
- A fact shows as it is: `{{ text }}` is never markup, and what people typed (`Typed`) is never a
  mention or a link either. Marks are written around it: `**{{ text }}**`. A string in an
  expression is a fact too: write `{% if x %}**yes**{% endif %}`, not `{{ "**yes**" if x }}`.
- A fact that is None, a list or a time has no words of its own: test for it, or give it a filter.
- A typed fact can be empty or not, and be equal to another typed one; it equals no string.
- A key called `items`, `keys` or `values` is read as `it["items"]`.
- A line break is a line break; a blank line begins a paragraph; lists are written with "- ".
- A file or folder whose name begins with `_` holds macros and parts, to import or include.

Filters: times `clock`, `day`, `when`, `week`, `minutes` (or `duration`); names from the law's codes
`function`, `role`, `organisation`, `forum`, `level`, `mandate`, `agreement_kind`, `info_class`,
`perspective`, `amount`; lists and quotes `listed`, `quoted`; from a command's name its card's
`usage`, `example` and `summary`. The small words they use are in `_words.md.j2`.

`{language}/command/NAME.md.j2` is a command's help card: its usage on the first line (after the
comment), an example on the second, a summary below. It is plain text and has no facts.

Every other template has a sample of its facts in `tests/text/samples/NAME.yaml` (how: see
`tests/text/sampling.py`). `pytest tests/text --snapshots` writes down how all of them sound; read
what changed before you keep it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.text.defusing import LONGEST
from bot.text.environment import SUFFIX, facts_used
from bot.text.faults import BrokenTemplateError, MissingTemplateError, WordsError
from bot.text.markdown import bodies
from bot.text.rendering import rendering
from bot.text.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from bot.domain.answer import Facts
    from bot.domain.region import Region

MOST_BYTES = 18_000
"""Of both bodies. An event holds 65,536; an edit has them twice, and encrypted is a third more."""
SHOWN = (LONGEST, 400, 80)
"""How many characters a message shows of each typed text, when it gets too long with more."""

__all__ = [
    "BrokenTemplateError",
    "Card",
    "MissingTemplateError",
    "Phrasebook",
    "Words",
    "WordsError",
    "facts_used",
]


@dataclass(frozen=True)
class Words:
    """A message's two bodies; each says everything."""

    plain: str
    html: str

    @property
    def size(self) -> int:
        """Give the bytes of both."""
        return len(self.plain.encode()) + len(self.html.encode())

    def cut(self) -> Words:
        """Give the plain words alone, up to a whole line, as many as a room takes."""
        if len(self.plain.encode()) <= MOST_BYTES:
            return Words(self.plain, "")
        fits = self.plain.encode()[: MOST_BYTES - 4].decode(errors="ignore")
        return Words(fits.rpartition("\n")[0] + "\n…", "")


@dataclass(frozen=True)
class Card:
    """A command's help card: how it is written, one example, and what it does."""

    usage: str
    example: str
    summary: str


class Phrasebook:
    """Every template of every language; the first folder that has one wins, the last is ours."""

    def __init__(self, folders: Sequence[Path], region: Region) -> None:
        self._folders = tuple(folders)
        self._shelves = {
            language: Shelf(self._folders, language, region) for language in self.languages()
        }

    def say(self, name: str, facts: Facts, language: str, *, now: datetime) -> Words:
        """Say the template with these facts; WordsError if it is missing or broken.

        What a room would not take shows less of what people typed; the record has all of it.
        """
        for longest in SHOWN:
            words = self._said(name, facts, language, now, longest)
            if words.size <= MOST_BYTES:
                return words
        return words.cut()

    def _said(self, name: str, facts: Facts, language: str, now: datetime, longest: int) -> Words:
        shelf = self._shelf(name, language)
        with rendering(now, longest) as telling:
            plain, html = bodies(shelf.render(name, facts, telling), telling)
        return Words(plain, html)

    def line(self, name: str, facts: Facts, language: str, *, now: datetime) -> str:
        """Say the template as one line of plain text: a room's name, a poll's answer."""
        return " ".join(self.say(name, facts, language, now=now).plain.split())

    def card(self, command: str, language: str) -> Card:
        """Read a command's help card; WordsError if it is missing or has a part too few."""
        return Card(*self._shelf(command, language).card(command))

    def languages(self) -> tuple[str, ...]:
        """List the languages that have a folder, in alphabetical order."""
        found = (folder for root in self._folders if root.is_dir() for folder in root.iterdir())
        return tuple(sorted({folder.name for folder in found if _is_language(folder)}))

    def names(self, language: str) -> frozenset[str]:
        """List every template of a language, without the macros and parts (`_…`)."""
        shelf = self._shelves.get(language)
        return shelf.names() if shelf else frozenset()

    def facts_of(self, name: str, language: str) -> frozenset[str]:
        """List the facts a template uses, its parts' among them; WordsError if it is missing."""
        return self._shelf(name, language).facts_of(name)

    def _shelf(self, name: str, language: str) -> Shelf:
        if language not in self._shelves:
            raise MissingTemplateError(self._folders[-1] / language / f"{name}{SUFFIX}")
        return self._shelves[language]


def _is_language(folder: Path) -> bool:
    return folder.is_dir() and not folder.name.startswith(("_", ".")) and folder.name != "press"
