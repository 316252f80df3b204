"""What was asked so long ago that nobody waits for it: it is not done, and that is said once.

An answer that somebody owed counts however late it is read: the rule that it answers to knows what
is too late. Whoever asked for something else, and has since gone on by other ways, would be
surprised to have it done hours later.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from bot.asking import Ask
from bot.dispatch.hearing import Wish
from bot.domain.answer import Direct, Refusal, Reply, Typed
from bot.domain.incoming import Event, Said

FRESH = timedelta(minutes=30)
"""How old a wish may be when it is read: longer than any restart, shorter than a night away."""


@dataclass
class Aged:
    """The wishes of one batch that were too old; of each person the newest one and how many."""

    _by_person: dict[str, tuple[Typed, int]] = field(default_factory=dict)

    def takes(self, event: Event, wished: Wish | Refusal, ask: Ask) -> bool:
        """Tell whether the wish is too old to be met; then it is kept to be told of."""
        if event.age < FRESH or not isinstance(event, Said):
            return False
        if isinstance(wished, Wish) and wished.command.counts == "answer":
            return False
        before = self._by_person.get(ask.mxid, (Typed(""), 0))[1]
        self._by_person[ask.mxid] = (Typed(event.body.strip()), before + 1)
        return True

    def told(self) -> list[Reply]:
        """Tell each of them once, in their direct room."""
        return [
            Reply("line/aged", {"words": words, "others": count - 1}, to=Direct(mxid))
            for mxid, (words, count) in self._by_person.items()
        ]
