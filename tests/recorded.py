"""Commands that note what they were asked with, and do nothing: to compare how they were asked."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Awaitable, Callable
from typing import Any

from bot.asking import Ask, Command
from bot.dispatch.catalogue import Catalogue

Asked = tuple[str, dict[str, Any]]


def recording(into: list[Asked]) -> Catalogue:
    """Find every command there is, with the arguments each has noted instead of what it does."""
    whole = Catalogue.discover()
    noting = {id(verb): _noting(verb, into) for verb in whole.verbs.values()}
    return Catalogue({word: noting[id(verb)] for word, verb in whole.verbs.items()}, whole.kinds)


def _noting(verb: Command, into: list[Asked]) -> Command:
    run: Callable[..., Awaitable[Any]] = verb.run

    @functools.wraps(run)
    async def note(ask: Ask, *positional: Any, **named: Any) -> None:  # noqa: ANN401 - any command's
        assert not positional
        assert ask.mxid
        into.append((verb.name, named))

    return dataclasses.replace(verb, run=note)
