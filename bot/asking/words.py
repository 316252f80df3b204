"""A command's words as they were typed: quotes of any language, `key=value`, the rest as it is."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from bot.domain.answer import Refusal

_OPEN = "\"'“”„«»‘’"  # noqa: RUF001 - quotation marks are what it is about
_QUOTED = '"[^"]*"|[“”„][^“”„]*[“”]|[«»][^«»]*[«»]'
_DAY = r"(?:i\s+dag|i\s+morgon|i\s+morn|idag|imorgon|today|tomorrow|\d{4}-\d{2}-\d{2})\s+"
_TIME = rf"(?:{_DAY})?(?:(?:kl\.?|at)\s+)?\d{{1,2}}[:.]\d{{2}}(?!\S)"
_TOKEN = re.compile(
    rf"(?P<key>[^\W\d]\w*)=(?P<value>{_QUOTED}|{_TIME}|\S*)"
    rf"|(?P<quoted>{_QUOTED})|(?P<word>\S+)",
    re.IGNORECASE,
)

NO = frozenset({"nej", "no", "inte", "not"})
"""What takes back something that was said of a time."""


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
    def of(cls, text: str, keys: Mapping[str, str], running: Collection[str] = ()) -> Words:
        """Take the line apart. `keys` maps each known argument's names to its Python name.

        An unknown `key=` stays an ordinary word: people write "a=b" in their sentences. The
        `running` ones go on, without quotes, until the next known key or a quoted passage: nobody
        finds the quotation mark on a phone at night.
        """
        words, on = cls(text), None
        for found in _TOKEN.finditer(text):
            key = keys.get((found["key"] or "").casefold())
            if key:
                words.named[key] = unquoted(found["value"])
                quoted = words.named[key] != found["value"]
                on = key if key in running and found["value"] and not quoted else None
            elif on and not found["quoted"]:
                words.named[on] += f" {found[0]}"
            else:
                words._left.append(found[0])
                on = None
        return words

    def left(self) -> list[str]:
        """List the words that are not read yet, as they were typed."""
        return list(self._left)

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


def take(words: Words, expected: str) -> str:
    """Take the next word; Refusal that says what was expected if there is none."""
    word = words.take()
    if word is None:
        raise Refusal("missing_argument", expected=expected)
    return word
