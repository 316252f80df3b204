"""Facts survive as JSON: what was typed stays typed, a moment stays a moment."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.answer import Typed
from bot.domain.frozen import freeze, thaw

_SIMPLE = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.text(max_size=20).map(Typed)
    | st.datetimes(timezones=st.just(UTC))
)
_FACTS = st.recursive(
    _SIMPLE,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(alphabet="abc", max_size=5), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(_FACTS)
def test_what_was_frozen_thaws_as_it_was(facts: object) -> None:
    again = thaw(json.loads(json.dumps(freeze(facts))))

    assert again == facts


def test_typed_text_is_typed_again() -> None:
    again = thaw(freeze({"text": Typed("@room"), "at": datetime(2026, 10, 15, 9, tzinfo=UTC)}))

    assert isinstance(again["text"], Typed)
    assert again["at"] == datetime(2026, 10, 15, 9, tzinfo=UTC)


def test_what_json_cannot_hold_is_refused() -> None:
    with pytest.raises(TypeError, match="a set cannot be frozen"):
        freeze({"a": {1}})
