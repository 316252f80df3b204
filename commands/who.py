"""`who`, `vem`: who has the functions of a forum now, or one function."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Annotated

from bot.asking import Ask, command
from bot.asking.arguments import Reader, read_forum
from bot.asking.words import Words
from bot.domain.answer import Refusal, Reply, Typed
from bot.domain.exercises import spoken
from bot.domain.region import FunctionKind
from bot.domain.register import manning, seats
from bot.store import holdings


@dataclass(frozen=True)
class Whom:
    """What is asked about: a forum or a function, by its code."""

    forum: str | None = None
    function: str | None = None


NEAREST = 4
"""Suggestions for a word nobody knows."""


def _by_name(ask: Ask, word: str) -> list[str]:
    """List the duty functions whose organisation or title begins as the word does: "polisen"."""
    begun = word.casefold()[:NEAREST]
    if len(begun) < NEAREST:
        return []
    return [
        code
        for code, function in ask.region.functions.items()
        if function.kind is FunctionKind.DUTY
        and any(
            name.casefold().startswith(begun)
            for name in (ask.region.home_of(code).name, *function.titles.by_language.values())
        )
    ]


def read_whom(words: Words, ask: Ask) -> Whom:
    """Read a forum's code ("VSK") or a function's ("lst.TIB"), whatever its case."""
    word = words.take() or ""
    codes = spoken(ask.region, (*ask.region.forums, *ask.region.functions))
    code = codes.get(word.casefold())
    if code is None:
        near = difflib.get_close_matches(word.casefold(), codes, n=NEAREST, cutoff=0.5)
        nearest = _by_name(ask, word) or [codes[each] for each in near]
        kind = "unknown_function" if "." in word else "unknown_forum"
        raise Refusal(kind, word=Typed(word), nearest=nearest[:NEAREST])
    return Whom(forum=code) if code in ask.region.forums else Whom(function=code)


@command("who", sv="vem")
async def who(ask: Ask, whom: Annotated[Whom | None, Reader(read_whom)] = None) -> Reply:
    """Tell who has each function of a forum now, and the deputies; this forum if none is named."""
    held = await holdings.in_force(ask.session, ask.now)
    if whom and whom.function:
        sits = [forum.code for forum, _ in ask.region.seats_held_by(whom.function)]
        return Reply("who/function", {**manning(whom.function, held, ask.now), "forums": sits})
    code = (whom and whom.forum) or read_forum(Words.of("", {}), ask)
    there = seats(ask.region, ask.region.forum(code), held, ask.now)
    return Reply("who/forum", {"forum": code, "seats": there})
