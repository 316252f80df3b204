"""Signs of life: of everybody who holds a function it is kept when they were last heard from.

What they wrote, tapped or voted counts; that they have read something never does. Written down at
most once in a few minutes for each, so that hearing costs no more than a look into a dictionary.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.dispatch.asker import Known
from bot.domain.incoming import Event, Forged
from bot.store import heard


@dataclass
class Signs:
    """Remembers when each person's sign was last written down; a restart forgets no more."""

    _noted: dict[str, datetime] = field(default_factory=dict)

    async def note(self, known: Known, events: Sequence[Event]) -> None:
        """Write down who is heard from in a batch. A forgery is nobody's sign."""
        latest: dict[str, datetime] = {}
        for event in events:
            if not isinstance(event, Forged):
                at = min(event.sent_at, known.now)
                latest[event.sender] = max(at, latest.get(event.sender, at))
        for mxid, at in latest.items():
            if self._is_due(mxid, at) and await known.askers.held_by(mxid):
                await heard.note(known.session, mxid, at)
                self._noted[mxid] = at

    def _is_due(self, mxid: str, at: datetime) -> bool:
        before = self._noted.get(mxid)
        return before is None or at - before >= heard.RENEWED
