"""What was asked so long ago that nobody waits for it: it is not done, and that is said once.

Whoever was away, the bot, the asker's homeserver or the key to what was written, comes to the same.

An answer that somebody owed counts however late it is read: the rule that it answers to knows what
is too late. Whoever asked for something else, and has since gone on by other ways, would be
surprised to have it done hours later.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.asking import Ask
from bot.dispatch.hearing import Wish
from bot.domain.answer import Direct, Facts, Refusal, Reply, Typed
from bot.domain.incoming import Event, Said

FRESH = timedelta(minutes=30)
"""How old a wish may be when it is read: longer than any restart, shorter than a night away."""


@dataclass
class Aged:
    """The wishes of one batch that were too old; of each person the newest one and how many."""

    _by_person: dict[str, list[tuple[Typed, datetime]]] = field(default_factory=dict)

    def takes(self, event: Event, wished: Wish | Refusal, ask: Ask) -> bool:
        """Tell whether the wish is too old to be met; then it is kept to be told of."""
        if event.age < FRESH or not isinstance(event, Said):
            return False
        if isinstance(wished, Wish) and wished.command.counts == "answer":
            return False
        wrote = (Typed(event.body.strip()), ask.now - event.age)
        self._by_person.setdefault(ask.mxid, []).append(wrote)
        return True

    def told(self) -> list[Reply]:
        """Tell each of them once, in their direct room."""
        return [
            Reply("line/aged", _facts(asked), to=Direct(mxid))
            for mxid, asked in self._by_person.items()
        ]


def _facts(asked: list[tuple[Typed, datetime]]) -> Facts:
    words, sent = asked[-1]
    return {"words": words, "sent": sent, "others": len(asked) - 1}
