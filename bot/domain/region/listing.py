"""Things of the law by their code: those of the region file, and those that came after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

Thing = TypeVar("Thing")


class Listing(Mapping[str, Thing]):
    """What the region file gives, with what was opened since and without what has been closed.

    Whoever goes through it meets what is in use. Who asks by a code finds what is not, too: what
    happened there is not over because the forum is. `bot.store.law` alone says what is held.
    """

    def __init__(self, law: Mapping[str, Thing]) -> None:
        """Begin with what the region file gives, all of it in use."""
        self.law: Mapping[str, Thing] = dict(law)
        self._used = self._known = self.law

    def hold(self, used: Mapping[str, Thing], aside: Mapping[str, Thing]) -> None:
        """Take in what is in use from now on, and what is only found by its code."""
        self._used, self._known = dict(used), {**aside, **used}

    def known(self) -> Mapping[str, Thing]:
        """Give all that is found by its code."""
        return self._known

    @property
    def aside(self) -> tuple[Thing, ...]:
        """List what is only found by its code."""
        return tuple(it for code, it in self._known.items() if code not in self._used)

    def __getitem__(self, code: str) -> Thing:
        """Give what has that code, in use or not."""
        return self._known[code]

    def __iter__(self) -> Iterator[str]:
        """Go through the codes of what is in use."""
        return iter(self._used)

    def __len__(self) -> int:
        """Count what is in use."""
        return len(self._used)


def everything(things: Mapping[str, Thing]) -> Mapping[str, Thing]:
    """Give all that is found by its code, in use or not."""
    return things.known() if isinstance(things, Listing) else things
