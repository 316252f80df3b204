"""How much one person may ask for in a minute: who asks for more is told once, and then waits.

Counted by sender, wherever they ask, and before anything is looked up for them: what they send
while they wait costs no more than reading it. (Decrypting cannot be spared: only then is it known
to be a message at all.) The count is in memory and a restart forgets it. That somebody waits is
kept with the answer that says so: killed before, neither has happened; after, nobody is told twice.
"""

from __future__ import annotations

import bisect
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.answer import Refusal, Typed
from bot.domain.incoming import Event, Reacted, Said, Voted
from bot.store import kept

log = structlog.get_logger()

MOST = 30
"""Wishes of one person within WITHIN: a whole evening's answers tapped one after another fit in."""
WITHIN = timedelta(minutes=1)
REST = timedelta(minutes=1)
"""How long nothing more is done for them, and on to the full minute, which is the one told."""
LOOKS_BACK = timedelta(days=1)
"""How far a sender's own word for when it was sent is believed after a start."""
SHOWN = 80  # characters of the first wish that was not done
KEPT = "pace.pauses"


@dataclass(frozen=True)
class Pause:
    """From when until when nothing is done for somebody; the end is not included."""

    begins: datetime
    ends: datetime


@dataclass
class Pace:
    """Counts the wishes of each sender.

    They count when they were sent by the sender's server, as far as that lies between the last
    batch and this one: so who asked in good order while the bot was away is answered, and no server
    gains more by lying than the time the bot did not listen.
    """

    _asked: dict[str, list[datetime]] = field(default_factory=dict)
    _pauses: dict[str, Pause] | None = None
    _heard: datetime | None = None
    _since: datetime | None = None
    _now: datetime | None = None
    _changed: bool = False

    async def begin(self, session: AsyncSession, now: datetime) -> None:
        """Begin a batch that has come at that moment."""
        if self._pauses is None:
            self._pauses = _read(await kept.get(session, KEPT))
        self._since, self._now = self._heard or now - LOOKS_BACK, now
        self._heard = now
        old = self._since - WITHIN
        self._asked = {who: times for who, times in self._asked.items() if times[-1] > old}

    async def keep(self, session: AsyncSession) -> None:
        """Keep who waits, if that has changed, in the transaction of the answer that says so."""
        if self._changed and self._pauses is not None and self._since:
            running = {who: it for who, it in self._pauses.items() if it.ends > self._since}
            self._pauses, self._changed = running, False
            told = {
                who: [it.begins.isoformat(), it.ends.isoformat()] for who, it in running.items()
            }
            await kept.put(session, KEPT, json.dumps(told))

    def rests(self, event: Event) -> bool:
        """Tell whether its sender has been told to wait."""
        pause = (self._pauses or {}).get(event.sender)
        return pause is not None and pause.begins <= self._moment(event) < pause.ends

    def count(self, event: Event) -> None:
        """Count a wish; Refusal, which is said once, if it is one too many."""
        at = self._moment(event)
        times = self._asked.setdefault(event.sender, [])
        recent = bisect.bisect_right(times, at) - bisect.bisect_right(times, at - WITHIN)
        if recent < MOST:
            bisect.insort(times, at)
            return
        pause = Pause(at, _full_minute(at + REST))
        self._pauses = {**(self._pauses or {}), event.sender: pause}
        self._changed = True
        log.warning("sender.paused", sender=event.sender, until=pause.ends.isoformat())
        raise Refusal("too_much", most=MOST, since=at, until=pause.ends, first=_words(event))

    def _moment(self, event: Event) -> datetime:
        assert self._since and self._now  # noqa: S101, PT018 - a batch has begun
        return min(max(event.sent_at, self._since), self._now)


def _full_minute(at: datetime) -> datetime:
    """Give the full minute at that moment or after it: what a clock without seconds can tell."""
    begun = at.replace(second=0, microsecond=0)
    return begun if begun == at else begun + timedelta(minutes=1)


def _words(event: Event) -> Typed:
    """Say what somebody wished, as they did."""
    match event:
        case Said(body=body):
            return Typed(" ".join(body.split())[:SHOWN])
        case Reacted(key=key):
            return Typed(key[:SHOWN])
        case Voted(choices=(choice, *_)):
            return Typed(choice[:SHOWN])
    return Typed("")


def _read(text: str | None) -> dict[str, Pause]:
    told = json.loads(text) if text else {}
    return {
        who: Pause(datetime.fromisoformat(begins), datetime.fromisoformat(ends))
        for who, (begins, ends) in told.items()
    }
