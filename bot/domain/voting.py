"""What a poll's answer means by the rules of polls (MSC3381), before anybody asks whose it is."""

from __future__ import annotations

from collections.abc import Collection, Sequence

EMPTY = "0"
"""An answer taken back by choosing nothing; typed, it means the same."""
SPOILED = "·?"
"""A ballot that says something nobody can read. It stands before what was chosen earlier."""

_KEYCAP = str.maketrans("", "", "\ufe0f\u20e3")
_SKINS = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"


def filled_in(chosen: Sequence[str], known: Collection[str], most: int = 1) -> tuple[str, ...]:
    """Give what a ballot chooses: EMPTY or SPOILED alone, or at most so many known answers.

    One unknown answer spoils it all; then it is cut to what may be chosen, and nothing counts
    twice.
    """
    if not chosen:
        return (EMPTY,)
    if any(each not in known for each in chosen):
        return (SPOILED,)
    return tuple(dict.fromkeys(chosen[:most]))


def named(question: str, key: str) -> str:
    """Give an answer's key with the subject of its question: what is encrypted says both."""
    return f"{question}/{key}"


def of_which(key: str) -> tuple[str, str]:
    """Give the question that a key names, "" if none, and the key without it."""
    question, _, plain = key.rpartition("/")
    return question, plain


def sign(key: str) -> str:
    """Give a reaction as it is looked up: "1️⃣" is 1, "✔️" is ✔, and every hand is the same."""
    return key.translate(_KEYCAP).rstrip(_SKINS)
