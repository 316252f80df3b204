"""Which of a row of numbers there have been, kept as runs: [first, last], both included."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Run = Sequence[int]


def is_in(runs: Iterable[Run], number: int) -> bool:
    """Tell whether there has been that number."""
    return any(first <= number <= last for first, last in runs)


def with_number(runs: Iterable[Run], number: int) -> list[list[int]]:
    """Add a number; runs that touch become one."""
    joined: list[list[int]] = []
    for first, last in sorted([*map(list, runs), [number, number]]):
        if joined and first <= joined[-1][1] + 1:
            joined[-1][1] = max(last, joined[-1][1])
        else:
            joined.append([first, last])
    return joined
