"""Practise: the same law, in rooms of its own (R22)."""

from __future__ import annotations

import re
from typing import Annotated

from bot.asking import Ask, LocalTime, Rest, command
from bot.asking.arguments import Reader, read_function, unknown_forum
from bot.asking.words import Words
from bot.domain import authority
from bot.domain.answer import Answer, Refusal, Typed
from bot.domain.model import HeldExercise, Holding
from bot.procedures.exercising import Part, begin, cast, end
from bot.store import exercises

_END = {"slut", "avsluta", "end", "stop"}
_MXID = re.compile(r"^@[^\s:@]+:[^\s@]+$")


def _may(ask: Ask) -> bool:
    return authority.may_convene_any(ask, ask.region)


def _read_title(words: Words, ask: Ask) -> Typed:  # noqa: ARG001 - the shape of every Reading
    text = words.rest()
    if not text:
        raise Refusal("exercise_incomplete", missing=["title"], title=None, forums=None, parts=None)
    return Typed(text)


@command(
    "exercise", sv="öva", allowed=_may,
    keys={"forums": ("forum", "i"), "parts": ("deltar", "medverkar", "with"),
          "ends": ("slut", "end")},
    needed=["forums", "parts"], counts="act",
)  # fmt: skip
async def exercise(
    ask: Ask,
    title: Annotated[Typed, Reader(_read_title)],
    *,
    forums: Rest | None = None,
    parts: Rest | None = None,
    ends: LocalTime | None = None,
) -> list[Answer]:
    """Begin an exercise in twins of the forums, with those who are named; or end one.

    `ends` is when who begins it is reminded to end it; it never ends by itself.
    """
    first, _, code = str(title).partition(" ")
    if first.casefold() in _END and forums is None and parts is None:
        return await end(ask, await _meant(ask, code.strip()))
    if ask.region.exercise:
        raise Refusal("exercise_within", exercise=ask.region.exercise.code)
    by = _by(ask)
    if ends is not None and ends <= ask.now:
        raise Refusal("time_passed", at=ends)
    forums, parts = _named(forums), _named(parts)
    missing = [key for key, value in (("forums", forums), ("parts", parts)) if not value]
    if forums is None or parts is None or missing:
        raise Refusal(
            "exercise_incomplete", missing=missing, title=title, forums=forums, parts=parts
        )
    chosen = _forums(ask, forums)
    return await begin(ask, str(title), chosen, await _played(ask, parts), by, ends)


def _named(typed: Typed | None) -> Typed | None:
    """Give a list as it was typed; None where it names nothing (",")."""
    return typed if typed and typed.strip(" ,") else None


def _by(ask: Ask) -> Holding:
    callers = dict.fromkeys(f for it in ask.region.forums.values() for f in sorted(it.may_convene))
    held = authority.acting_as(ask, callers)
    if held is None:
        raise Refusal("may_not_exercise")
    return held


def _forums(ask: Ask, typed: str) -> list[str]:
    codes = {code.casefold(): code for code in ask.region.forums}
    chosen: dict[str, None] = {}
    for word in filter(None, (part.strip() for part in typed.split(","))):
        if word.casefold() not in codes:
            raise unknown_forum(word, ask)
        chosen[codes[word.casefold()]] = None
    return list(chosen)


async def _played(ask: Ask, typed: str) -> list[Holding]:
    """Read who plays what: "lst.TIB,pol.VB=@anna:one.example+@bo:one.example"."""
    held: list[Holding] = []
    unmanned: list[str] = []
    for word in filter(None, (part.strip() for part in typed.split(","))):
        part = _part(ask, word)
        players = await cast(ask, part)
        held += players
        unmanned += [] if players else [part.function]
    if unmanned:
        raise Refusal("unmanned_part", functions=unmanned)
    return held


def _part(ask: Ask, word: str) -> Part:
    function, _, people = word.partition("=")
    mxids = tuple(filter(None, (each.strip() for each in people.split("+"))))
    wrong = [mxid for mxid in mxids if not _MXID.match(mxid)]
    if wrong:
        raise Refusal("no_such_player", word=Typed(wrong[0]), function=Typed(function))
    return Part(read_function(Words.of(function, {}), ask), mxids)


async def _meant(ask: Ask, word: str) -> HeldExercise:
    """Find the exercise to end: the one named, the one of this room, or the only one."""
    going_on = {it.code: it for it in await exercises.every(ask.session) if it.ended_at is None}
    here = ask.region.practised
    code = word.upper() or here or (next(iter(going_on)) if len(going_on) == 1 else "")
    row = going_on.get(code)
    if row is None:
        raise Refusal("which_exercise", exercises=sorted(going_on))
    live = {held.function.partition("-")[2] or held.function for held in ask.holdings}
    if ask.mxid != row.started_by and not live & _callers(ask):
        raise Refusal("may_not_exercise")
    return row


def _callers(ask: Ask) -> set[str]:
    own = {f for it in ask.region.forums.values() for f in it.may_convene}
    return own | {code.partition("-")[2] for code in own}
