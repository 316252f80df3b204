"""Facts as JSON and back: what was said stays as it was, also when the law or a row changes.

A moment becomes `{"$time": "…"}`, what a person typed `{"$typed": "…"}`; the rest is JSON's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.domain.answer import Typed

_TIME, _TYPED = "$time", "$typed"


def freeze(fact: Any) -> Any:  # noqa: ANN401 - a fact is anything that JSON can be taught
    """Turn facts into JSON; TypeError for what has no place in it."""
    if isinstance(fact, Typed):
        return {_TYPED: str(fact)}
    if isinstance(fact, datetime):
        return {_TIME: fact.astimezone(UTC).isoformat()}
    if isinstance(fact, Mapping):
        return {str(key): freeze(value) for key, value in fact.items()}
    if isinstance(fact, list | tuple):
        return [freeze(each) for each in fact]
    if fact is None or isinstance(fact, str | int | float | bool):
        return fact
    raise TypeError(f"a {type(fact).__name__} cannot be frozen")


def thaw(frozen: Any) -> Any:  # noqa: ANN401 - as above
    """Turn JSON that was frozen into facts again."""
    if isinstance(frozen, Mapping):
        if set(frozen) == {_TYPED}:
            return Typed(frozen[_TYPED])
        if set(frozen) == {_TIME}:
            return datetime.fromisoformat(frozen[_TIME])
        return {key: thaw(value) for key, value in frozen.items()}
    if isinstance(frozen, list):
        return [thaw(each) for each in frozen]
    return frozen
