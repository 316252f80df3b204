"""One telling of one template: what Markdown must not see is kept aside and put back last.

Markdown escapes do not work inside code spans, so typed text is never escaped into Markdown. Where
it would stand the template gets a token between two private-use characters; the words themselves
are put into the finished HTML and the finished plain text. Facts that are not typed but hold
characters with a meaning in Markdown go the same way, only without being defused.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from markupsafe import Markup

from bot.domain.answer import Typed
from bot.text.defusing import LONGEST, defuse

if TYPE_CHECKING:
    from datetime import datetime

_OPEN, _CLOSE = "\ue000", "\ue001"
_TOKEN = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_STRAY = str.maketrans("", "", _OPEN + _CLOSE)
_NEWLINES = re.compile(r"\s*[\r\n\u2028\u2029]\s*")
# Words that Markdown reads as words, wherever they stand.
_UNMARKED = re.compile(r"(?!\d{1,9}[.)])[^\W_](?:(?:[^\W_]|[ ,.:/()\u2013-])*[^\W_])?")


class Rendering:
    """What one telling keeps aside, the moment it is told at, and how much it shows of a text."""

    def __init__(self, now: datetime, longest: int = LONGEST) -> None:
        self.now = now
        self._longest = longest
        self._kept: list[str] = []
        self._numbers: dict[str, int] = {}
        self._typed: set[int] = set()

    def seal(self, value: object) -> object:
        """Put a token in the place of each `Typed`, also deep in lists, tuples and mappings.

        Attributes of other objects are sealed when the template reads them.
        """
        if isinstance(value, str):
            return self._seal_typed(value) if isinstance(value, Typed) else value
        if isinstance(value, Mapping):
            return {self.seal(key): self.seal(item) for key, item in value.items()}
        if isinstance(value, tuple):
            sealed = [self.seal(item) for item in value]
            return value._make(sealed) if hasattr(value, "_make") else tuple(sealed)
        if isinstance(value, list | set | frozenset | Iterator):
            return [self.seal(item) for item in value]
        return value

    def literal(self, text: str) -> Markup:
        """Give text for the template's output that shows as it is, whatever it holds."""
        if isinstance(text, Typed):
            return Markup(self._seal_typed(text))  # noqa: S704 - a token
        if _UNMARKED.fullmatch(text) or _TOKEN.fullmatch(text) or not text:
            return Markup(text)  # noqa: S704 - nothing in it that Markdown or HTML knows
        words = _NEWLINES.sub(" ", self.plain(text))
        return Markup(self._keep(words, typed=_OPEN in text))  # noqa: S704 - a token

    def plain(self, text: str) -> str:
        """Put the words back in plain text."""
        return self._put_back(text, str) if _OPEN in text or _CLOSE in text else text

    def html(self, text: str) -> str:
        """Put the words back in HTML whose only attributes are addresses (no token is left)."""
        return self._put_back(text, _escaped) if _OPEN in text or _CLOSE in text else text

    def address(self, href: str) -> str | None:
        """Put the words back in a link's address; None if any part of it was typed."""
        numbers = {int(number) for number in _TOKEN.findall(href)}
        if numbers & self._typed:
            return None
        return _TOKEN.sub(lambda found: self._words(found[1]), href)

    def _seal_typed(self, text: Typed) -> str:
        words = defuse(text, self._longest)
        return self._keep(words, typed=True) if words else ""

    def _keep(self, words: str, *, typed: bool) -> str:
        number = self._numbers.setdefault(words, len(self._kept))
        if number == len(self._kept):
            self._kept.append(words)
        if typed:
            self._typed.add(number)
        return f"{_OPEN}{number}{_CLOSE}"

    def _put_back(self, text: str, written: Callable[[str], str]) -> str:
        return _TOKEN.sub(lambda found: written(self._words(found[1])), text).translate(_STRAY)

    def _words(self, number: str) -> str:
        """Give what was kept; nothing for a token that no telling made."""
        at = int(number)
        return self._kept[at] if at < len(self._kept) else ""


def _escaped(words: str) -> str:
    return html.escape(words, quote=False)


_current: ContextVar[Rendering] = ContextVar("rendering")


def current() -> Rendering:
    """Give the telling that is going on; LookupError outside of one."""
    return _current.get()


@contextmanager
def rendering(now: datetime, longest: int = LONGEST) -> Iterator[Rendering]:
    """Begin a telling at that moment; filters and outputs find it by `current`."""
    token = _current.set(Rendering(now, longest))
    try:
        yield _current.get()
    finally:
        _current.reset(token)
