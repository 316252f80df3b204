"""The ways in which people say a position: a digit, a word, and their own words after it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.domain.model import Choice
from bot.domain.spelling import folded
from bot.domain.voting import sign

CHOICES = tuple(Choice)
"""In the order of their digits."""

_SAID = {
    Choice.AGREES: ("agrees", "agree", "i agree", "we agree", "biträder", "vi biträder"),
    Choice.RESERVATION: (
        "reservation", "with reservation", "agree with reservation", "agrees with reservation",
        "förbehåll", "med förbehåll", "biträder med förbehåll",
    ),
    Choice.ANCHOR: (
        "anchor", "must anchor", "needs anchoring", "must be anchored",
        "förankra", "förankrar", "förankras", "måste förankra", "måste förankras",
    ),
    Choice.DISAGREES: (
        "disagrees", "disagree", "do not agree", "does not agree",
        "biträder inte", "biträder ej",
    ),
    Choice.NOT_CONCERNED: ("not concerned", "berörs inte", "berörs ej"),
}  # fmt: skip
WORDS = {folded(word): choice for choice, words in _SAID.items() for word in words}
WORDS |= {str(number): choice for number, choice in enumerate(CHOICES, start=1)}
_LONGEST = max(len(word.split()) for word in WORDS)

_QUOTED = re.compile(r'^(?:"[^"]+"|[“”„][^“”„]+[“”]|[«»][^«»]+[«»])$')
_ANCHOR_TIME = re.compile(r"^(?:kl\.?\s*|at\s+)?\d{1,2}[.:]\d{2}$", re.IGNORECASE)


@dataclass(frozen=True)
class Said:
    """A choice, and what was written after it."""

    choice: Choice
    rest: str


def read(text: str) -> Said | None:
    """Read a position at the beginning of a text; None if there is none."""
    words = text.split()
    for length in range(min(_LONGEST, len(words)), 0, -1):
        choice = WORDS.get(folded(sign(" ".join(words[:length])).rstrip(".,:;!")))
        if choice:
            return Said(choice, text.split(maxsplit=length)[length] if words[length:] else "")
    return None


def is_alone(text: str) -> bool:
    """Tell whether a message is a position and nothing else: "1", "biträder", "2 "till 22"".

    After it only quoted words may come, or the time an anchoring seat will be back: any other
    sentence that begins with a digit is talk ("1 buss kvar").
    """
    said = read(text.strip())
    if said is None:
        return False
    if not said.rest or _QUOTED.match(said.rest):
        return True
    return said.choice is Choice.ANCHOR and bool(_ANCHOR_TIME.match(said.rest))
