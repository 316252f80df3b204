"""How fast each kind of request may follow on the last, as the homeserver has said with 429.

A homeserver limits messages, invitations and new rooms each by itself, and forgets who asks in
vain: were every room to wait by itself, all would come back at once. So each kind has one line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.matrix.seconds import now as _now

LEAST_PACE = 0.25  # seconds; a shorter wait is waited, and no pace is made of it
LONGEST_PACE = 3600.0  # seconds; nobody's word keeps us waiting longer
UNTOLD = 0.5  # seconds to wait when the server has not said; doubled up to
LONGEST_UNTOLD = 30.0
GLANCE = 0.02  # seconds between two looks at whether the one under way has come back
TRUSTED = 4  # requests let through in a row before it is tried whether more go
ONE_PERSONS = 20.0  # a longer wait for an invitation is the invited person's own limit
_CLIENT = re.compile(r"/_matrix/client/[^/]+/(?:rooms/[^/]+/)?")
_WRITES = frozenset({"send", "state", "redact"})


def kind_of(method: str, path: str) -> str:
    """Name the kind of a request: what a homeserver counts together.

    An invitation as state is limited by whom it asks: minutes, which hold up nobody else.
    """
    words = _CLIENT.sub("", path).strip("/").split("/")
    if method == "PUT" and words[:2] == ["state", "m.room.member"]:
        return f"invite {'/'.join(words[2:])}"
    if method == "PUT" and words[0] in _WRITES:
        return "write"
    return f"{method} {'/'.join(words[:2]) if words[0] == 'keys' else words[0]}"


@dataclass
class _Kind:
    pace: float = 0.0
    opens: float = 0.0
    granted: int = 0
    untold: int = 0
    busy: bool = False


class Paces:
    """What is known of each kind's limit. After a 429 its requests go one at a time."""

    def __init__(self) -> None:
        self._kinds: dict[str, _Kind] = {}

    def wait(self, kind: str) -> float:
        """Give the seconds until the next of that kind may go, or until it is worth a look."""
        known = self._kinds.get(kind)
        if known is None:
            return 0.0
        return max(GLANCE if known.busy else 0.0, known.opens - _now())

    def go(self, kind: str) -> float | None:
        """Note that one goes now; give the pace it goes at, for `limited`: None for free."""
        known = self._kinds.get(kind)
        if known is None:
            return None
        known.busy = True
        known.opens = max(known.opens, _now() + known.pace)
        return known.pace

    def left(self, kind: str) -> None:
        """Note that one has come back, however it went."""
        known = self._kinds.get(kind)
        if known is not None:
            known.busy = False

    def granted(self, kind: str) -> None:
        """Note that one was not too fast; after some of them the next may be faster."""
        known = self._kinds.get(kind)
        if known is None:
            return
        known.granted += 1
        known.untold = 0
        if known.granted >= TRUSTED:
            known.pace /= 2
            if known.pace < LEAST_PACE:
                del self._kinds[kind]

    def limited(self, kind: str, stated: float | None, pace: float | None) -> float:
        """Note a 429 for one that went at that pace; give the seconds until another try."""
        known = self._kinds.get(kind) or _Kind()
        if stated is None:
            wait = min(LONGEST_UNTOLD, UNTOLD * 2.0 ** min(known.untold, 10))
            known.untold += pace is not None
        else:
            wait = min(stated, LONGEST_PACE)
        if kind == "POST invite" and wait > ONE_PERSONS:
            return wait
        self._kinds[kind] = known
        known.granted = 0
        known.opens = max(known.opens, _now() + wait)
        if pace is not None and wait >= LEAST_PACE:
            known.pace = min(LONGEST_PACE, max(known.pace, pace + wait))
        return wait
