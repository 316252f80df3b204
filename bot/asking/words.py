"""A command's words as they were typed: quotes of any language, `key=value`, the rest as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_OPEN = "\"'“”„«»‘’"  # noqa: RUF001 - quotation marks are what it is about
_QUOTED = '"[^"]*"|[“”„][^“”„]*[“”]|[«»][^«»]*[«»]'
_TOKEN = re.compile(
    rf"(?P<key>[^\W\d]\w*)=(?P<value>{_QUOTED}|\S*)|(?P<quoted>{_QUOTED})|(?P<word>\S+)"
)


def unquoted(text: str) -> str:
    """Take the quotation marks off, if there are any."""
    if len(text) > 1 and text[0] in _OPEN and text[-1] in _OPEN:
        return text[1:-1]
    return text


@dataclass
class Words:
    """The words not yet read, from left to right, and those that came with a name."""

    text: str
    named: dict[str, str] = field(default_factory=dict)
    _left: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, text: str, keys: Mapping[str, str]) -> Words:
        """Take the line apart. `keys` maps each known argument's names to its Python name.

        An unknown `key=` stays an ordinary word: people write "a=b" in their sentences.
        """
        words = cls(text)
        for found in _TOKEN.finditer(text):
            key = keys.get((found["key"] or "").casefold())
            if key:
                words.named[key] = unquoted(found["value"])
            else:
                words._left.append(found[0])
        return words

    def peek(self) -> str | None:
        """Give the next word without taking it, or None at the end."""
        return unquoted(self._left[0]) if self._left else None

    def take(self) -> str | None:
        """Take the next word or quoted passage, or None at the end."""
        return unquoted(self._left.pop(0)) if self._left else None

    def rest(self) -> str:
        """Take all that is left as one text; a single quoted passage loses its quotes."""
        left, self._left = self._left, []
        return unquoted(left[0]) if len(left) == 1 else " ".join(left)
