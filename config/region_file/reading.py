"""A region file being read: its parts by name, and what has been found wrong so far."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from config.problem import Problem, nearest, one_of
from config.region_file.forum_shape import ForumShape, SeatShape
from config.region_file.shape import FunctionShape, OrganisationShape, RegionShape
from config.yaml_tree import Path, Tree


@dataclass(frozen=True)
class Place:
    """A seat once `each` is spread out: one function, and the organisations it represents."""

    seat: SeatShape
    function: str
    organisation: str
    represents: tuple[str, ...]
    kinds: tuple[str, ...]


@dataclass
class Reading:
    """What fits of a region file, its text for line numbers, and the problems found."""

    shape: RegionShape
    tree: Tree
    today: date
    problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._broken = [problem.key for problem in self.problems]

    def broken(self, path: Path) -> bool:
        """Tell whether something within did not fit and was taken out; it has been told."""
        key = self.tree.key(path)
        return any(each == key or each.startswith((f"{key}.", f"{key}[")) for each in self._broken)

    def say(self, path: Path, message: str, expected: str = "", near: str = "") -> None:
        """Note something wrong, unless it may only follow from what did not fit there.

        The same words on the same line (of an alias) are noted once.
        """
        problem = self.tree.problem(path, message, expected, near)
        told = any((p.line, p.message) == (problem.line, message) for p in self.problems)
        if not told and not self.broken(path):
            self.problems.append(problem)

    def known(self, path: Path, what: str, name: str | None, valid: Iterable[str]) -> bool:
        """Tell whether a name is one of the valid ones; if it is not, note it."""
        names = list(valid)
        if name is None or name in names:
            return True
        self.say(path, f'unknown {what} "{name}"', one_of(names), nearest(name, names))
        return False

    def written(self, section: str) -> list[str]:
        """List the names a section gives, also those whose content does not fit."""
        content: Any = self.tree.root.get(section)
        if isinstance(content, dict):
            return list(content)
        items = content if isinstance(content, list) else []
        codes = [item.get("code") for item in items if isinstance(item, dict)]
        return [code for code in codes if isinstance(code, str)]

    @cached_property
    def organisations(self) -> dict[str, OrganisationShape]:
        """Give the organisations by code."""
        return {each.code: each for each in self.shape.organisations}

    @cached_property
    def forums(self) -> dict[str, ForumShape]:
        """Give the forums by code."""
        return {each.code: each for each in self.shape.forums}

    @cached_property
    def functions(self) -> dict[str, FunctionShape]:
        """Give the functions by their whole code, "organisation.NAME"."""
        templates = self.shape.function_templates
        return {
            f"{organisation.code}.{name}": function
            for organisation in self.shape.organisations
            for name, function in templates.get(organisation.type, {}).items()
        }

    def knows_function(self, path: Path, name: str | None) -> bool:
        """Tell whether a function exists; if it does not, note it with its neighbours."""
        if name is None or name in self.functions:
            return True
        home = name.partition(".")[0]
        neighbours = [code for code in self.functions if code.startswith(f"{home}.")]
        if neighbours or home not in self.written("organisations"):
            expected = one_of(neighbours) or 'a function, "organisation.NAME"'
            near = nearest(name, self.functions)
            self.say(path, f'unknown function "{name}"', expected, near)
        return False

    def members(self, names: str | list[str]) -> tuple[str, ...]:
        """Give the organisations that groups and organisations' codes stand for, each once."""
        found: list[str] = []
        for name in [names] if isinstance(names, str) else names:
            members = self.shape.groups.get(name, [name])
            found += [code for code in members if code in self.organisations]
        return tuple(dict.fromkeys(found))

    def receiver(self, organisation: str, level: str) -> str | None:
        """Give the function at home that receives from a level (R29); None if none is named."""
        home = self.organisations[organisation]
        receivers = self.shape.receivers
        own = receivers.by_organisation.get(organisation, {}).get(level)
        name = own or receivers.default_by_type.get(home.type, {}).get(level)
        if name is None:
            return None
        return name if "." in name else f"{organisation}.{name}"

    def own_places(self, forum: ForumShape) -> Iterator[Place]:
        """Spread out the seats written in a forum, those of functions that exist."""
        for seat in forum.seats:
            if seat.each is not None:
                for organisation in self.members(seat.each):
                    yield from self._place(seat, f"{organisation}.{seat.function}")
            elif seat.function is not None:
                yield from self._place(seat, seat.function)

    def places(self, forum: ForumShape) -> list[Place]:
        """Give all seats of a forum: its own, and those it borrows."""
        places = list(self.own_places(forum))
        if forum.seats_from is not None and forum.seats_from.forum in self.forums:
            own = {place.function for place in places}
            borrowed = self.own_places(self.forums[forum.seats_from.forum])
            places += [place for place in borrowed if place.function not in own]
        return places

    def _place(self, seat: SeatShape, function: str) -> Iterator[Place]:
        """Give a seat's place. A seat always represents its own organisation too (R2)."""
        if function not in self.functions:
            return
        home = function.partition(".")[0]
        others = self.members(seat.represents) if seat.represents else ()
        represents = tuple(dict.fromkeys((home, *others)))
        kinds = tuple(seat.except_mandate.get(home, seat.mandate))
        yield Place(seat, function, home, represents, kinds)
