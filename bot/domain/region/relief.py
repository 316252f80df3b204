"""How a function is handed from one holder to the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Relief:
    """How long before it changes hands both are briefed, and what becomes of the former holder.

    For `grace` after it, the former holder stays in the rooms as before. Then they leave; where
    `listens` is set they stay and read, and write no more.
    """

    brief_before: timedelta = timedelta(minutes=15)
    grace: timedelta = timedelta(minutes=10)
    listens: bool = False
