"""Long lists in portions: a statement takes no endless number of values."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice

MOST = 10_000  # PostgreSQL's protocol takes 65,535 in a statement, SQLite often 32,766


def portions(values: Collection[str]) -> Iterator[list[str]]:
    """Go through the values, so many at a time; none if there are none."""
    left = iter(values)
    while portion := list(islice(left, MOST)):
        yield portion
