"""One language's templates, with the filters they use."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from babel import Locale
from jinja2 import TemplateError, TemplateNotFound

from bot.text.environment import SUFFIX, Environment
from bot.text.faults import BrokenTemplateError, MissingTemplateError, WordsError
from bot.text.moments import Moments
from bot.text.naming import Naming
from bot.text.rendering import rendering
from bot.text.vocabulary import read_vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from jinja2 import Template

    from bot.domain.answer import Facts
    from bot.domain.region import Region
    from bot.text.rendering import Rendering
    from bot.text.vocabulary import Vocabulary

_CARD_LINES = 3
# A card says the same at all times; the moment it is read at is nobody's matter.
_NEVER = datetime.min.replace(tzinfo=UTC)


class Shelf:
    """The templates of one language, compiled when first used and kept."""

    def __init__(self, folders: Sequence[Path], language: str, region: Region) -> None:
        self._language = language
        self._folders = tuple(folder / language for folder in folders)
        self._environment = Environment(self._folders)
        words = read_vocabulary(self._environment, language, folders[-1])
        locale = Locale.parse(language)
        lists = Lists(words)
        self._environment.filters |= {
            **Moments(region, locale, words).filters(),
            **Naming(region, language, locale).filters(),
            "listed": lists.listed,
            "quoted": lists.quoted,
            "usage": lambda command: self.card(command)[0],
            "example": lambda command: self.card(command)[1],
            "summary": lambda command: self.card(command)[2],
        }
        self._cards: dict[str, tuple[str, str, str]] = {}

    def render(self, name: str, facts: Facts, telling: Rendering) -> str:
        """Fill in the template; WordsError if it is missing or does not fit the facts."""
        template = self._template(name)
        try:
            sealed = {name: telling.seal(fact) for name, fact in facts.items()}
            return template.render({**sealed, "now": telling.now})
        except WordsError:
            raise
        except TemplateError as fault:
            raise self._broken(name, fault.message or type(fault).__name__) from fault
        except Exception as fault:
            # Its message might repeat what somebody wrote; the cause is chained for a developer.
            raise self._broken(name, f"{type(fault).__name__} in an expression") from fault

    def card(self, command: str) -> tuple[str, str, str]:
        """Give a command's usage, example and summary; WordsError where one is missing."""
        if command not in self._cards:
            self._cards[command] = self._read_card(f"command/{command}")
        return self._cards[command]

    def _read_card(self, name: str) -> tuple[str, str, str]:
        with rendering(_NEVER) as telling:
            text = telling.plain(self.render(name, {}, telling))
        lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
        if len(lines) < _CARD_LINES:
            why = "a card has a line of usage, a line with an example, and a summary"
            raise self._broken(name, why)
        return lines[0], lines[1], " ".join(lines[2:])

    def names(self) -> frozenset[str]:
        """List the templates' names, without macros and parts."""
        every = self._environment.list_templates(filter_func=_is_spoken)
        return frozenset(file.removesuffix(SUFFIX) for file in every)

    def facts_of(self, name: str) -> frozenset[str]:
        """List the facts a template and the parts it is put together of use."""
        self._template(name)
        try:
            return self._environment.facts_of(f"{name}{SUFFIX}")
        except TemplateError as fault:  # of a part that it imports
            raise self._broken(name, fault.message or type(fault).__name__) from fault

    def source(self, name: str) -> str:
        """Give a template's own text; WordsError if it is missing."""
        self._template(name)
        return self._environment.source(f"{name}{SUFFIX}")

    def filters(self) -> frozenset[str]:
        """List the names of the filters that templates may use."""
        return frozenset(self._environment.filters)

    def _template(self, name: str) -> Template:
        file = f"{name}{SUFFIX}"
        try:
            return self._environment.get_template(file)
        except TemplateNotFound:
            raise MissingTemplateError(self._folders[-1] / file) from None
        except TemplateError as fault:
            why, line = fault.message or type(fault).__name__, getattr(fault, "lineno", 0)
            raise self._broken(name, why, line) from fault

    def _broken(self, name: str, why: str, line: int = 0) -> BrokenTemplateError:
        return BrokenTemplateError(name, self._language, why, line)


class Lists:
    """Filters for lists and quotations."""

    def __init__(self, words: Vocabulary) -> None:
        self._words = words

    def listed(self, items: Iterable[object]) -> str:
        """Say a list as a sentence does: "a, b och c"; nothing for no items."""
        *most, last = [str(item) for item in items] or [""]
        return f"{', '.join(most)}{self._words.last_and}{last}" if most else last

    def quoted(self, text: str) -> str:
        """Put the language's quotation marks around it."""
        return f"{self._words.opening_quote}{text}{self._words.closing_quote}"


def _is_spoken(file: str) -> bool:
    return file.endswith(SUFFIX) and not any(part.startswith("_") for part in file.split("/"))
