"""Who plays in a scenario: names, functions, homeservers, habits, held against the region."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.region import Region
from bot.rehearsal.moments import START, NotATime, read_start
from bot.rehearsal.script import MAIN, Holds, Role
from bot.rehearsal.shape import HabitsShape, RosterShape, ScenarioShape
from config.problem import Problem, nearest, one_of
from config.yaml_tree import Path, Tree

NOBODY = "nobody"
DEFAULT = "default"


@dataclass
class Casting:
    """The people of a scenario being read; what is wrong is added to `problems`."""

    shape: ScenarioShape
    tree: Tree
    region: Region
    problems: list[Problem]
    _named: dict[str, Role] = field(default_factory=dict)

    def people(self) -> Mapping[str, Role]:
        """Read who is called by a name in this file."""
        for name, text in (self.shape.people or {}).items():
            role = self.role(("people", name), text)
            taken = next((other for other, its in self._named.items() if its == role), None)
            if role and taken:
                self.say(("people", name), f'{role} is already called "{taken}"')
            elif role:
                self._named[name] = role
        return dict(self._named)

    def homeservers(self) -> Mapping[str, tuple[str, ...]]:
        """Read which organisations are on a homeserver of their own."""
        seen: dict[str, str] = {}
        servers = self.shape.homeservers or {}
        for server, codes in servers.items():
            if server == MAIN:
                self.say(("homeservers", server), f'"{MAIN}" is the bot\'s own', "another name")
            for place, code in enumerate(codes):
                path: Path = ("homeservers", server, place)
                self.known(path, "organisation", code, self.region.organisations)
                if seen.setdefault(code, server) != server:
                    self.say(path, f'"{code}" is on "{seen[code]}" already')
        return {server: tuple(codes) for server, codes in servers.items()}

    def roster(self) -> tuple[Holds, ...]:
        """Read who holds what when, where that differs from everybody at their post."""
        entries = enumerate(self.shape.roster or ())
        read = [self._holds(("roster", place), entry) for place, entry in entries]
        return tuple(holds for holds in read if holds)

    def automaton(self) -> Mapping[str, HabitsShape]:
        """Read the habits, by what they are of."""
        for key in self.shape.automaton or {}:
            function, slash, _ = key.partition("/")
            path: Path = ("automaton", key)
            if slash:
                self.role(path, key)
            else:
                law = (*self.region.organisations, *self.region.functions)
                self.known(
                    path, "organisation or function", function, (DEFAULT, *law, *self._named)
                )
        return self.shape.automaton or {}

    def person(self, path: Path, text: str) -> Role | None:
        """Find who is meant: a name of this file, or a function and a rank."""
        if text in self._named:
            return self._named[text]
        if "." in text or "/" in text:
            return self.role(path, text)
        near = nearest(text, self._named)
        self.say(path, f'unknown name "{text}"', f'{one_of(self._named)}, or "pol.VB/2"', near)
        return None

    def role(self, path: Path, text: str) -> Role | None:
        """Read "vag.VTL" or "vag.VTL/2", within the function's deputies."""
        code, _, rank = text.partition("/")
        if not self.known(path, "function", code, self.region.functions):
            return None
        most = self.region.functions[code].deputies + 1
        if rank and not (rank.isdecimal() and 1 <= int(rank) <= most):
            self.say(path, f'"{text}" is nobody', f"{code}/1 to {code}/{most}")
            return None
        return Role(code, int(rank or 1))

    def known(self, path: Path, what: str, name: str, valid: Iterable[str]) -> bool:
        """Tell whether a name is one of the valid ones; if it is not, note it."""
        names = list(valid)
        if name in names:
            return True
        self.say(path, f'unknown {what} "{name}"', one_of(names), nearest(name, names))
        return False

    def say(self, path: Path, message: str, expected: str = "", near: str = "") -> None:
        """Note something wrong."""
        self.problems.append(self.tree.problem(path, message, expected, near))

    def _holds(self, path: Path, entry: RosterShape) -> Holds | None:
        role = self.role((*path, "function"), entry.function)
        who = None if entry.who == NOBODY else self.person((*path, "who"), entry.who)
        starts = self._moment((*path, "from"), entry.from_)
        ends = self._moment((*path, "to"), entry.to)
        return Holds(role, who, starts, ends) if role else None

    def _moment(self, path: Path, text: str | None) -> datetime | None:
        if text is None:
            return None
        try:
            return read_start(text, self.region.timezone)
        except NotATime:
            self.say(path, f'"{text}" is no time', START)
            return None
