"""Who has come into a room, and whether they have a device yet that can be written to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from bot.domain.incoming import Equipped, Incoming, Moved
from bot.domain.recap import RECAP
from bot.matrix.keyring import Keyring
from bot.matrix.wire import MatrixRefusal, Unreachable, Wire
from bot.store import deadlines
from bot.store.engine import Store

log = structlog.get_logger()


@dataclass
class Newcomers:
    """Looks for the devices of those who came, until each has one."""

    wire: Wire
    keyring: Keyring
    store: Store
    me: str
    _awaited: set[str] | None = None

    async def equipped(self, events: Sequence[Incoming]) -> tuple[Equipped, ...]:
        """Tell who, of those who came now or before, has a device now."""
        if self._awaited is None:
            self._awaited = await self._waiting()
        came = [it for it in events if isinstance(it, Moved) and it.membership == "join"]
        self._awaited |= {it.mxid for it in came} - {self.me}
        if not self._awaited:
            return ()
        try:
            there = await self.keyring.reachable(self.wire, self._awaited)
        except (MatrixRefusal, Unreachable) as silent:
            log.warning("devices.unasked", why=str(silent))
            return ()
        self._awaited -= there
        return tuple(Equipped(mxid) for mxid in sorted(there))

    async def _waiting(self) -> set[str]:
        """Give those who waited for a device when the bot was stopped."""
        async with self.store.read() as session:
            subjects = await deadlines.subjects(session, RECAP)
        return {subject.partition(" ")[2] for subject in subjects}
