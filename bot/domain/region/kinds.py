"""The words the law chooses from: modes, kinds of function, what a holiday does; and names."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

Language = str
"""A language's two letters: "sv" or "en"."""


class Mode(enum.StrEnum):
    """The two ways a region works, and the way back between them (R18)."""

    ORDINARY = "ordinary"
    ACTIVATED = "activated"
    STEPPING_DOWN = "stepping_down"


class FunctionKind(enum.StrEnum):
    """Whether a function is kept round the clock or in office hours."""

    DUTY = "duty"
    POST = "post"


class WayKind(enum.StrEnum):
    """How a call also reaches an organisation, beside Matrix."""

    EMAIL = "email"
    WEBHOOK = "webhook"


class HolidayRule(enum.StrEnum):
    """What becomes of a meeting that falls on a public holiday."""

    KEEP = "keep"
    DAY_BEFORE = "day_before"
    DAY_AFTER = "day_after"
    SKIP = "skip"


@dataclass(frozen=True)
class Names:
    """What people read, by language; a language that is missing falls back to any there is."""

    by_language: Mapping[Language, str]

    def in_(self, language: Language) -> str:
        """Give the name in that language, or else in the first the region file gives."""
        return self.by_language.get(language) or next(iter(self.by_language.values()))
