"""The shape of a scenario file, key by key (docs/REHEARSING.md)."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from bot.domain.model import Choice
from bot.rehearsal.moments import DELAY, NotATime, read_delay
from config.problem import nearest, one_of
from config.region_file.base import Shape
from config.region_file.kinds import wrong
from config.structure import Sections

NEVER = "never"
FEATS = (
    *("kill-bot", "stop-bot", "start-bot", "restart-bot"),
    *("stop-homeserver", "start-homeserver"),
)
NAME = re.compile(r"\$\{(?P<name>\w+)\}")


def _delay(text: str) -> str:
    try:
        read_delay(text)
    except NotATime:
        wrong(f'"{text}" is not a delay', DELAY)
    return text


def _delay_or(*words: str) -> AfterValidator:
    def check(text: str) -> str:
        if text in words:
            return text
        try:
            read_delay(text)
        except NotATime:
            wrong(f'"{text}" will not do', f"{DELAY}, or {one_of(words)}", nearest(text, words))
        return text

    return AfterValidator(check)


def _pattern(text: str) -> str:
    try:
        re.compile(NAME.sub("x", text))
    except re.error as error:
        wrong(f'"{text}" is no regular expression: {error}', "a regular expression of Python's")
    return text


def _choice(given: str | int) -> str | int:
    keys = [choice.value for choice in Choice]
    if isinstance(given, int) and not 1 <= given <= len(keys):
        wrong(f"there is no choice {given}", f"1 to {len(keys)}, or {one_of(keys)}")
    if isinstance(given, str) and given not in keys:
        wrong(f'unknown choice "{given}"', f"{one_of(keys)}, or its number", nearest(given, keys))
    return given


def _feat(text: str) -> str:
    verb = text.partition(" ")[0]
    if verb not in FEATS:
        wrong(f'unknown "{verb}"', one_of(FEATS), nearest(verb, FEATS))
    return text


Delay = Annotated[str, AfterValidator(_delay)]
Pattern = Annotated[str, AfterValidator(_pattern)]
Chosen = Annotated[str | int, AfterValidator(_choice)]
Feat = Annotated[str, AfterValidator(_feat)]
POSITIONS = tuple(choice.value for choice in Choice)


class HabitsShape(Shape):
    """How the automaton answers; what is left out comes from the next wider entry."""

    acknowledge: Annotated[str, _delay_or(NEVER, "prevented")] | None = None
    position: Annotated[str, _delay_or(NEVER, *POSITIONS)] | None = None
    carry: Annotated[str, _delay_or(NEVER)] | None = None
    confirm: Annotated[str, _delay_or(NEVER)] | None = None
    report: str | None = None


class ExpectShape(Shape):
    """What the bot must have said, or who must be in a room."""

    in_: str | None = Field(default=None, alias="in")
    direct: str | None = None
    says: Pattern | None = None
    mentions: list[str] | None = None
    file: Pattern | None = None
    count: int | None = Field(default=None, ge=0)
    members: str | None = None
    include: list[str] | None = None
    exclude: list[str] | None = None


class RosterShape(Shape):
    """Who holds a function when, where that is not one person all the time."""

    function: str
    who: str
    from_: str | None = Field(default=None, alias="from")
    to: str | None = None


class StepShape(Shape):
    """One line of the play: a time, and one thing that is done or looked at."""

    at: str
    who: str | None = None
    in_: str | None = Field(default=None, alias="in")
    direct: str | None = None
    say: str | None = None
    react: str | None = None
    to: Pattern | None = None
    choose: Chosen | None = None
    on: Pattern | None = None
    text: str | None = None
    expect: ExpectShape | None = None
    never: ExpectShape | None = None
    within: Delay | None = None
    save: dict[str, Pattern] | None = None
    do: Feat | None = None


class ScenarioShape(Shape, Sections):
    """A scenario file."""

    scenario: str
    region: str
    start: str
    encrypted: bool | None = None
    homeservers: dict[str, list[str]] | None = None
    people: dict[str, str] | None = None
    roster: list[RosterShape] | None = None
    automaton: dict[str, HabitsShape] | None = None
    steps: list[StepShape] = Field(min_length=1)
