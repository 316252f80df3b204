"""Who holds what in a play: the region's own holdings, the scenario's, else all at their posts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.rehearsal.names import family_of, invented
from bot.rehearsal.script import Holds, Role, Script


@dataclass(frozen=True)
class Roster:
    """The names of the people of a play, and their holdings."""

    script: Script

    def roles(self) -> Iterator[Role]:
        """Go through every holder and deputy there can be, in the order of the law."""
        for function in self.script.region.functions.values():
            for rank in range(1, function.deputies + 2):
                yield Role(function.code, rank)

    def names(self) -> dict[Role, str]:
        """Give everybody a name: the region's, the scenario's as a given name, or an invented."""
        language = self.script.region.language
        named = {role: name.capitalize() for name, role in self.script.people.items()}
        known = {role: person for person, role in self._known().items()}
        given = {*named.values(), *(person.split()[0] for person in known.values())}
        others = (name for name in invented(language) if name.split()[0] not in given)
        names = {}
        for turn, role in enumerate(self.roles()):
            if role in named and not known.get(role, "").startswith(named[role]):
                names[role] = f"{named[role]} {family_of(language, turn * 7)}"
            else:
                names[role] = known.get(role) or next(others)
        return names

    def holdings(self) -> list[Holds]:
        """Give who holds what when: the scenario's word goes before the region's."""
        law = [*self._lawful()]
        lawful = {holds.role for holds in law}
        special = {holds.role for holds in self.script.roster}
        usual = [Holds(role, role) for role in self.roles() if role not in special | lawful]
        kept = [holds for holds in law if holds.role not in special]
        return sorted([*usual, *kept, *self.script.roster], key=lambda holds: holds.role)

    def _known(self) -> dict[str, Role]:
        """Tell whom the people of the region's holdings play: by function, in their order."""
        known: dict[str, Role] = {}
        seen: dict[str, int] = {}
        for held in self.script.region.holdings:
            if held.person not in known:
                seen[held.function] = seen.get(held.function, 0) + 1
                role = Role(held.function, seen[held.function])
                deputies = self.script.region.functions[held.function].deputies
                if role.rank <= deputies + 1:
                    known[held.person] = role
        return known

    def _lawful(self) -> Iterator[Holds]:
        """Go through the region's holdings that fall in the play; around them all is as usual."""
        known = self._known()
        first, last = self.script.start, self.script.steps[-1].at
        by_role: dict[Role, list[Holds]] = {}
        for held in self.script.region.holdings:
            begins, ends = held.starts or first, held.ends or last
            if begins <= last and ends >= first and held.person in known:
                role = Role(held.function, held.rank)
                holds = Holds(role, known[held.person], held.starts, held.ends)
                by_role.setdefault(role, []).append(holds)
        for role, shifts in by_role.items():
            yield from _around(role, sorted(shifts, key=lambda each: each.starts or first))


def _around(role: Role, shifts: list[Holds]) -> Iterator[Holds]:
    """Give the shifts, with the usual holder before the first and after the last."""
    if shifts[0].starts:
        yield Holds(role, role, None, shifts[0].starts)
    yield from shifts
    if shifts[-1].ends:
        yield Holds(role, role, shifts[-1].ends)
