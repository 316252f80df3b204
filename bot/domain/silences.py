"""Whose homeserver was silent when: why somebody was not reached, where that is known.

Only what was shown counts: that a homeserver did not answer when it was asked. That a person does
not answer says nothing of their homeserver.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.model import Outage


def server_of(mxid: str) -> str:
    """Give the homeserver of a person."""
    return mxid.partition(":")[2]


@dataclass(frozen=True)
class Silence:
    """How long a homeserver was silent; `until` None while it is."""

    server: str
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True)
class Silences:
    """The silences that are known of, the earliest first."""

    known: tuple[Silence, ...] = ()

    @classmethod
    def of(cls, outages: Iterable[Outage]) -> Silences:
        """Take them from the memory's rows."""
        return cls(tuple(Silence(each.server, each.since, each.until) for each in outages))

    def now(self, mxid: str) -> Silence | None:
        """Tell of the silence that a person's homeserver is in."""
        return next((it for it in self._of(mxid) if it.until is None), None)

    def at(self, mxid: str, moment: datetime) -> Silence | None:
        """Tell of the silence that a person's homeserver was in at that moment."""
        return self.within(mxid, moment, moment)

    def within(self, mxid: str, begin: datetime, end: datetime) -> Silence | None:
        """Tell of the last silence of a person's homeserver that fell between the two."""
        found = [
            it
            for it in self._of(mxid)
            if it.since <= end and (it.until is None or it.until > begin)
        ]
        return found[-1] if found else None

    def _of(self, mxid: str) -> list[Silence]:
        return [it for it in self.known if it.server == server_of(mxid)]


NONE = Silences()
"""Nothing is known of any."""
