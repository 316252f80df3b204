"""Whether the homeservers of those who are asked something answer, and since when they do not.

A person's profile is asked for: our homeserver must then ask theirs, whatever it thinks of it, and
says so if it gets no answer. A success tells ours, too, that it may send again what waits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from bot.domain.silences import server_of
from bot.matrix.keyring import Keyring
from bot.matrix.room_reader import CLIENT
from bot.matrix.wire import MatrixRefusal, Unreachable, Wire, quote
from bot.store import deadlines, servers
from bot.store.engine import Store

log = structlog.get_logger()

PACE_SECONDS = 30.0  # between two looks, while somebody elsewhere is asked or a server is silent
PATIENCE = 2.0  # seconds in which a server that has answered so far is asked again
ANSWER_SECONDS = 40.0  # our homeserver gives up before that, and says so


@dataclass
class Reach:
    """Asks other homeservers whether they are there, while that matters to somebody.

    `troubled` is called when there is something to be said of it, `returned` with a homeserver
    that answers again.
    """

    store: Store
    wire: Wire
    keyring: Keyring
    me: str
    now: Callable[[], datetime]
    troubled: Callable[[], None]
    returned: Callable[[str], None]
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self) -> None:
        """Say that somebody may have been asked something."""
        self._woken.set()

    async def run(self) -> None:
        """Look again and again while it matters; ends only when cancelled."""
        self._woken.set()
        while True:
            await self._woken.wait()
            self._woken.clear()
            try:
                if await self.look():
                    self._woken.set()
            except Exception:
                log.exception("servers.unasked")
            await asyncio.sleep(PACE_SECONDS)

    async def look(self) -> bool:
        """Ask each homeserver that matters once, and give the keys that are owed.

        Tell whether there is anything to look at again.
        """
        now = self.now()
        async with self.store.read() as session:
            silent = {each.server: each.mxid for each in await servers.silent(session)}
            people = await servers.awaited(session, now)
        ours = server_of(self.me)
        asked = {server_of(it): it for it in people if server_of(it) != ours} | silent
        found = await asyncio.gather(
            *(self._answers(mxid, known=server in silent) for server, mxid in asked.items())
        )
        for (server, mxid), answers in zip(asked.items(), found, strict=True):
            if answers is (server in silent):
                await self._note(server, mxid, now, answers=answers)
        return await self._keys_are_owed() or bool(asked)

    async def _keys_are_owed(self) -> bool:
        """Hand out what keys could not be; tell whether some still cannot."""
        try:
            return await self.keyring.make_good(self.wire)
        except (MatrixRefusal, Unreachable) as silent:
            log.warning("keys.owed", why=str(silent))
            return True

    async def _answers(self, mxid: str, *, known: bool) -> bool | None:
        """Ask for a profile; None when our own homeserver could not tell."""
        path = f"{CLIENT}/profile/{quote(mxid)}"
        try:
            await self.wire.call("GET", path, timeout=ANSWER_SECONDS, patience=PATIENCE, once=known)
        except MatrixRefusal as refusal:
            return None if refusal.for_now else True
        except Unreachable as silent:
            return False if silent.elsewhere else None
        return True

    async def _note(self, server: str, mxid: str, now: datetime, *, answers: bool) -> None:
        async with self.store.begin() as session:
            if answers:
                await servers.answers(session, server, self.now())
            else:
                await servers.fell_silent(session, server, mxid, now)
            await deadlines.set_(session, "server.changed", server, self.now())
        log.warning("server.answers" if answers else "server.silent", server=server)
        if answers:
            self.keyring.returned(server)
            self.returned(server)
        self.troubled()
