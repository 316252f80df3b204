"""An answer laid aside until somebody vouches for its person, and taken up again as it was."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from bot.domain.incoming import Again, Event, Proof, Reacted, Said, Voted
from bot.domain.model import Held

KINDS: dict[str, type[Event]] = {each.__name__: each for each in (Said, Reacted, Voted)}
"""What can be an answer, by the name it is kept under."""
TIMES = {"sent_at", "heard_at"}


def laid_aside(event: Event, now: datetime) -> Held:
    """Make the row that keeps an event."""
    heard_at = event.heard_at or now
    times = {"sent_at": event.sent_at.isoformat(), "heard_at": heard_at.isoformat()}
    parts = asdict(event) | times
    del parts["age"], parts["message"]  # it was heard in time, and then
    kept = {"kind": type(event).__name__, **parts}
    identity = event.proof.identity if event.proof else None
    return Held(
        event_id=event.event_id, mxid=event.sender, event=kept, identity=identity, held_at=now
    )


def taken_up(again: Again) -> list[Event]:
    """Give the events that were kept."""
    return [_event(dict(kept)) for kept in again.events]


def _event(kept: dict[str, Any]) -> Event:
    kind = KINDS[kept.pop("kind")]
    proof = kept.pop("proof")
    for each in TIMES & kept.keys():
        kept[each] = datetime.fromisoformat(kept[each])
    if "choices" in kept:
        kept["choices"] = tuple(kept["choices"])
    return kind(**kept, proof=Proof(**proof) if proof else None)
