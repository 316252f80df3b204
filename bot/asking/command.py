"""The two declarations: `@command` for what people say, `@deadline` for what time says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.asking.ask import Ask, Ring
from bot.domain.answer import Answer
from bot.domain.incoming import Again
from bot.domain.region import Language, Region

Answers = Answer | Sequence[Answer] | None
CommandFunction = Callable[..., Awaitable[Answers]]
DeadlineFunction = Callable[[Ring], Awaitable[Answers | Sequence[Answer | Again]]]
ArmFunction = Callable[[AsyncSession, Region, datetime], Awaitable[None]]
Bare = Callable[[str, bool], str | None]
Counts = Literal["answer", "act"]
"""An answer that somebody waits for, or an act that begins or ends something."""
Where = Literal["anywhere", "forum", "direct"]
"""The rooms in whose menu a command stands. Typed, it is understood everywhere."""
May = Callable[[Ask], bool]
"""Tells whether this person, here and now, may; help lists only what is allowed."""


@dataclass(frozen=True, eq=False)  # a command is itself, not what it says of itself
class Command:
    """A verb, by its English name; `words` are all that mean it, by language, the best first.

    `taps` maps a reaction to the kinds of subject on which it means this verb. `votes` has the
    kinds of subject whose poll answers mean it, each with the answers' keys; a reaction that means
    the verb there is one of the answers. `keys` gives the named arguments' other names,
    by the Python name; `needed` are the named ones without which it only asks for them. `where` are
    the rooms in whose menu it stands. `bare` finds this verb's words in a message without the verb,
    or None; it is told whether there was a sign before them. `counts`: it goes into the record as
    this person's word, so it must be theirs; None for what only reads. `replies` are the kinds of
    subject to which words in reply, that are no command, are given to this verb after the id.
    """

    name: str
    run: CommandFunction
    words: Mapping[Language, tuple[str, ...]]
    allowed: May
    taps: Mapping[str, frozenset[str]] = field(default_factory=dict)
    votes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    bare: Bare | None = None
    counts: Counts | None = None
    replies: frozenset[str] = frozenset()
    needed: frozenset[str] = frozenset()
    where: Where = "anywhere"
    real: bool = False
    """Only where it is real: what it does would reach out of an exercise."""
    outlives: bool = False
    """It counts also when its exercise is over: it looks back."""

    @cached_property
    def names(self) -> frozenset[str]:
        """Give every word that means this verb, in lower case."""
        return frozenset(word.casefold() for words in self.words.values() for word in words)

    def language_of(self, word: str) -> Language | None:
        """Tell which language a word of this verb's belongs to; None if to several or to none."""
        found = [
            language
            for language, words in self.words.items()
            if word.casefold() in {each.casefold() for each in words}
        ]
        return found[0] if len(found) == 1 else None


@dataclass(frozen=True)
class Deadline:
    """A kind of deadline and what is done when it comes.

    `arm` sets, at each start, those the law asks for and nobody has set; it may be called often.
    `outlives`: it comes also when its exercise is over.
    """

    kind: str
    run: DeadlineFunction
    arm: ArmFunction | None = None
    outlives: bool = False


def anybody(ask: Ask) -> bool:  # noqa: ARG001 - the shape of every May
    """Allow everyone."""
    return True


def command(  # noqa: PLR0913 - one declaration that reads as one sentence
    name: str,
    *also: str,
    sv: str | Sequence[str] = (),
    allowed: May = anybody,
    taps: Mapping[str, Sequence[str]] | None = None,
    votes: Mapping[str, Sequence[str]] | None = None,
    keys: Mapping[str, Sequence[str]] | None = None,
    bare: Bare | None = None,
    counts: Counts | None = None,
    replies: Sequence[str] = (),
    needed: Sequence[str] = (),
    where: Where = "anywhere",
    real: bool = False,
    outlives: bool = False,
) -> Callable[[CommandFunction], Command]:
    """Declare a command; its arguments are the function's own, after `ask`.

    Keyword-only arguments are typed as `key=value`, under their own name or one of `keys`.
    """

    def declare(run: CommandFunction) -> Command:
        return Command(
            name=name,
            run=run,
            words={"en": (name, *also), "sv": (sv,) if isinstance(sv, str) else tuple(sv)},
            allowed=allowed,
            taps={key: frozenset(kinds) for key, kinds in (taps or {}).items()},
            votes={kind: tuple(answers) for kind, answers in (votes or {}).items()},
            keys={key: tuple(names) for key, names in (keys or {}).items()},
            bare=bare,
            counts=counts,
            replies=frozenset(replies),
            needed=frozenset(needed),
            where=where,
            real=real,
            outlives=outlives,
        )

    return declare


def deadline(
    kind: str, *, arm: ArmFunction | None = None, outlives: bool = False
) -> Callable[[DeadlineFunction], Deadline]:
    """Declare what is done when a deadline of that kind comes, and how it is set at a start."""
    return lambda run: Deadline(kind, run, arm, outlives)


def listed(answers: Any) -> tuple[Answer, ...]:  # noqa: ANN401 - the loose shape commands may give
    """Make one answer, several or none into a tuple."""
    if answers is None:
        return ()
    return tuple(answers) if isinstance(answers, Sequence) else (answers,)
