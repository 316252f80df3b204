"""What somebody else's JSON says, taken as what it claims to be or not at all. Nothing raises."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]
_UNKEPT = re.compile("[\x00\ud800-\udfff]")
"""What no database keeps or no wire carries: NUL, and half a surrogate pair."""
LONGEST_ID = 255  # bytes in an id, says the specification; an index takes no endless ones


def mapping(value: object) -> Json:
    """Take a JSON object, or an empty one in place of anything else."""
    return value if isinstance(value, Mapping) else {}


def listing(value: object) -> list[Any]:
    """Take a JSON list, or an empty one in place of anything else."""
    return value if isinstance(value, list) else []


def text(value: object) -> str | None:
    """Take a string, without what cannot be kept, or None in place of anything else."""
    return _UNKEPT.sub("\ufffd", value) if isinstance(value, str) else None


def name(value: object) -> str | None:
    """Take an id, or None in place of anything else."""
    read = text(value)
    return read if read and len(read.encode()) <= LONGEST_ID else None
