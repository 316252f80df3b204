"""Who has a function at a moment, who may say who is to, and in which time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.asking.ask import Ask
from bot.domain.answer import Refusal
from bot.domain.authority import acting_as
from bot.domain.calendar import as_typed
from bot.domain.holdings import in_force
from bot.domain.model import Holding

SELF = frozenset({"mig", "jag", "me", "i", "myself", "själv"})
MOST_NAMED = 6
"""How many people are named in a refusal."""
A_WHILE = timedelta(hours=4)
"""How long after the start the end is that a refusal gives as an example."""


@dataclass(frozen=True)
class Having:
    """A function at the moment it is to change hands: its periods, and who then holds it."""

    function: str
    at: datetime
    periods: list[Holding]

    @property
    def holders(self) -> list[Holding]:
        """List its periods of rank 1."""
        return [it for it in self.periods if it.rank == 1]

    @property
    def holder(self) -> Holding | None:
        """Give who would hold it then."""
        return next((it for it in self.holders if in_force(it, self.at)), None)

    def goes(self, comes: str) -> Holding | None:
        """Give who has it up to that moment; where that is who comes (mxid), who would have it."""
        before = self.at - datetime.resolution
        last = next((it for it in self.holders if in_force(it, before)), None)
        return last if last and last.mxid != comes else self.holder

    @property
    def ends(self) -> datetime | None:
        """Tell until when the one who comes has it: as long as who goes would have had it.

        Where nobody would, until the next one begins.
        """
        if self.holder:
            return self.holder.ends
        later = [it.starts for it in self.holders if it.starts]
        return min((at for at in later if at > self.at), default=None)

    def until(self, ends: datetime) -> Iterator[tuple[Having, datetime]]:
        """Go through the time up to an end: each stretch, in which one or nobody holds it."""
        turns = {at for it in self.holders for at in (it.starts, it.ends) if at is not None}
        here = self
        for at in [*sorted(at for at in turns if self.at < at < ends), ends]:
            yield here, at
            here = replace(here, at=at)

    def there(self, ends: datetime | None) -> dict[str, str]:
        """Give the names of all who have it at some time up to an end, by mxid."""
        return {
            it.mxid: it.name
            for it in self.periods
            if (it.ends is None or it.ends > self.at)
            and (ends is None or it.starts is None or it.starts < ends)
        }


def timely(ask: Ask, at: datetime, until: datetime | None) -> None:
    """Refuse a start that has been, and an end that does not come after it."""
    if at < ask.now:
        raise Refusal("time_passed", at=at)
    if until is not None and until <= at:
        example = as_typed(ask.region, at + A_WHILE)
        raise Refusal("ends_before_start", starts=at, ends=until, example=example)


def own(ask: Ask) -> str:
    """Give the only function they hold themselves, else the only one they stand in for."""
    held = [it.function for it in ask.holdings if it.rank == 1]
    held = held or list(ask.functions)
    if len(held) != 1:
        raise Refusal("which_function", functions=held)
    return held[0]


def may_say(ask: Ask, having: Having, mxid: str) -> str:
    """Give as what they may: the holder, the contact point; for themself, whoever stands in.

    Who is to come by the roster may come earlier.
    """
    theirs = [it for it in ask.holdings if it.function == having.function]
    if any(it.rank == 1 for it in theirs):
        return having.function
    home = ask.region.home_of(having.function)
    contact = acting_as(ask, (home.contact_point,))
    if contact and contact.rank == 1:
        return contact.function
    ahead = (it for it in having.holders if it.starts and it.starts > having.at)
    coming = any(it.mxid == ask.mxid for it in ahead)
    if mxid == ask.mxid and (theirs or coming):
        return having.function
    needs = list(dict.fromkeys((having.function, home.contact_point)))
    raise Refusal("not_yours_to_hand_over", function=having.function, needs=needs)
