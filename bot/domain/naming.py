"""Who is meant by a name or a Matrix id, among people who are known."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.spelling import folded


def meant(word: str, people: Mapping[str, str]) -> list[str]:
    """List who is meant, by Matrix id: exactly so, or by a part of the name that begins so.

    `people` are names by Matrix id.
    """
    wanted = folded(word)
    exact = [
        mxid
        for mxid, name in people.items()
        if wanted in {folded(mxid), folded(mxid[1:].partition(":")[0]), folded(name)}
        or wanted == folded(mxid.partition(":")[0])
    ]
    return exact or [mxid for mxid, name in people.items() if _begins(folded(name), wanted)]


def _begins(name: str, wanted: str) -> bool:
    """Tell whether each of the words begins one of the name's, in their order."""
    left = iter(name.split())
    words = wanted.split()
    return bool(words) and all(any(part.startswith(word) for part in left) for word in words)
