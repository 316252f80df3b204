"""When two words are the same to somebody who types in a hurry."""

from __future__ import annotations

import re
import unicodedata

_GAPS = re.compile(r"[\s_-]+")


def folded(text: str) -> str:
    """Give the text without case, marks on letters or kinds of gap: "Arbetssätt" → "arbetssatt"."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return _GAPS.sub(" ", bare).strip()
