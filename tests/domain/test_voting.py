"""The rules of polls (MSC3381) and what they make of the ledger."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.domain.agreements import stand
from bot.domain.model import Blank, Choice, Position
from bot.domain.voting import EMPTY, SPOILED, filled_in, sign

NOW = datetime(2026, 10, 15, 8, 0, tzinfo=UTC)
KNOWN = tuple(Choice)


@pytest.mark.parametrize(
    ("chosen", "most", "counted"),
    [
        (("agrees",), 1, ("agrees",)),
        ((), 1, (EMPTY,)),
        (("yes",), 1, (SPOILED,)),
        (("",), 1, (SPOILED,)),
        (("agrees", "yes"), 1, (SPOILED,)),
        (("agrees", "disagrees"), 1, ("agrees",)),
        (("agrees", "agrees"), 1, ("agrees",)),
        (("agrees", "agrees", "disagrees"), 3, ("agrees", "disagrees")),
        (('2 "till 22"',), 1, (SPOILED,)),
        (("Agrees",), 1, (SPOILED,)),
    ],
    ids=[
        "one", "none", "unknown", "no word", "known and unknown", "too many", "twice",
        "twice among several", "words instead of a key", "another case",
    ],
)  # fmt: skip
def test_a_ballot_counts_by_the_rules_of_polls(
    chosen: tuple[str, ...], most: int, counted: tuple[str, ...]
) -> None:
    assert filled_in(chosen, KNOWN, most) == counted


@pytest.mark.parametrize(
    ("key", "looked_up"),
    [
        ("1\ufe0f\u20e3", "1"), ("1\u20e3", "1"), ("1", "1"), ("✅", "✅"), ("✔\ufe0f", "✔"),
        ("👍\U0001f3fd", "👍"), ("🟫", "🟫"),
    ],
)  # fmt: skip
def test_a_reaction_is_looked_up_whatever_keyboard_it_came_from(key: str, looked_up: str) -> None:
    assert sign(key) == looked_up


def given(event: str, choice: Choice | Blank, *, by: str = "@a:x", rank: int = 1) -> Position:
    return Position(
        agreement="OV-2026-001", function="lst.TIB", choice=choice, mxid=by, rank=rank,
        given_at=NOW, event_id=event,
    )  # fmt: skip


def removed(event: str, *, by: str = "@a:x") -> Position:
    row = given(f"{event} removed", Blank.TAKEN_BACK, by=by)
    row.takes_back = event
    return row


YES, NO = Choice.AGREES, Choice.DISAGREES


@pytest.mark.parametrize(
    ("ledger", "stands"),
    [
        ([given("a", YES)], YES),
        ([given("a", YES), given("b", NO)], NO),
        ([given("a", YES), given("b", NO), removed("b")], YES),
        ([given("a", YES), given("b", NO), removed("a")], NO),
        ([given("a", YES), removed("a")], None),
        ([given("a", YES), given("b", Blank.TAKEN_BACK)], None),
        ([given("a", YES), given("b", Blank.SPOILED)], None),
        ([given("a", YES), given("b", Blank.SPOILED), removed("b")], YES),
        ([given("a", YES), given("b", Blank.SPOILED), given("c", NO)], NO),
        ([given("a", YES), given("b", Blank.SPOILED), given("c", NO), removed("c")], None),
        ([given("d", NO, by="@d:x", rank=2), given("a", YES), removed("a")], NO),
        ([given("d", NO, by="@d:x", rank=2), given("a", Blank.SPOILED)], NO),
        ([given("a", YES), given("d", Blank.SPOILED, by="@d:x", rank=2)], YES),
    ],
    ids=[
        "the only one", "the last", "the last removed", "an earlier one removed",
        "the only one removed", "emptied", "spoiled", "the spoiled one removed",
        "another after the spoiled", "what came after the spoiled removed",
        "the holder's removed, the deputy's left", "a holder's spoiled has no say",
        "a deputy's spoiled takes nothing from the holder",
    ],
)  # fmt: skip
def test_what_is_taken_back_leaves_what_stood_before(
    ledger: list[Position], stands: Choice | None
) -> None:
    assert stand("lst.TIB", ledger, NOW).choice is stands
