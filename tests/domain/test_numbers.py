"""Which numbers there have been, as runs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.numbers import is_in, with_number


@given(st.lists(st.integers(0, 30)))
def test_every_number_that_has_been_is_known_and_no_other(numbers: list[int]) -> None:
    runs: list[list[int]] = []

    for number in numbers:
        runs = with_number(runs, number)

    assert [it for it in range(32) if is_in(runs, it)] == sorted(set(numbers))


def test_what_comes_in_order_is_one_run_however_long() -> None:
    runs: list[list[int]] = []

    for number in (*range(50), *range(51, 100), 50):
        runs = with_number(runs, number)

    assert runs == [[0, 99]]
