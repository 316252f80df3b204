"""What can be said and what time says, found by looking into the two folders. Nothing is listed."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import ModuleType

import bot.deadlines
import commands
from bot.asking import Command, Deadline
from bot.domain.voting import sign


class Clash(Exception):  # noqa: N818 - says what is wrong with the house, at its start
    """Two files claim the same word or the same kind."""


def _members(package: ModuleType, wanted: type) -> Iterator[object]:
    for found in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{found.name}")
        yield from (thing for thing in vars(module).values() if isinstance(thing, wanted))


@dataclass(frozen=True)
class Catalogue:
    """Every verb by each of its words, every kind of deadline by its name."""

    verbs: dict[str, Command]
    kinds: dict[str, Deadline]

    @classmethod
    def discover(cls) -> Catalogue:
        """Look through `commands` and `bot.deadlines`; Clash if two files claim the same."""
        verbs: dict[str, Command] = {}
        for verb in _members(commands, Command):
            assert isinstance(verb, Command)  # noqa: S101 - narrows what isinstance above chose
            for name in verb.names:
                if verbs.setdefault(name, verb) is not verb:
                    msg = f"two commands cannot share the word {name!r}"
                    raise Clash(msg)
        kinds: dict[str, Deadline] = {}
        for kind in _members(bot.deadlines, Deadline):
            assert isinstance(kind, Deadline)  # noqa: S101 - as above
            if kinds.setdefault(kind.kind, kind) is not kind:
                msg = f"two deadlines cannot share the kind {kind.kind!r}"
                raise Clash(msg)
        return cls(verbs, kinds)

    def commands(self) -> list[Command]:
        """List the commands by name, each once."""
        return sorted(
            {id(verb): verb for verb in self.verbs.values()}.values(), key=lambda v: v.name
        )

    def find(self, word: str) -> Command | None:
        """Find the command a word means, whatever its case and the full stop after it."""
        return self.verbs.get(word.rstrip(".,!?").casefold())

    def tapped(self, key: str, kind: str) -> Command | None:
        """Find the command a reaction means on a message about that kind of thing."""
        return next((v for v in self.commands() if kind in v.taps.get(sign(key), ())), None)

    def voted(self, kind: str) -> Command | None:
        """Find the command that an answer to a poll about that kind of thing means."""
        return next((verb for verb in self.commands() if kind in verb.votes), None)

    def replied(self, kind: str) -> Command | None:
        """Find the command that words in reply to a message about that kind of thing mean."""
        return next((verb for verb in self.commands() if kind in verb.replies), None)

    def near(self, word: str, among: Iterable[Command]) -> tuple[Command, str] | None:
        """Find the allowed command, and its name, most like a word nobody knows, if any is."""
        names = {name: verb for verb in among for name in verb.names}
        found = difflib.get_close_matches(word.casefold(), names, n=1, cutoff=0.6)
        return (names[found[0]], found[0]) if found else None
