"""How the bot looks in other people's clients: its name, and its picture."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import structlog

from bot.matrix.media import upload
from bot.matrix.retries import LONGEST_REST
from bot.matrix.room_reader import CLIENT
from bot.matrix.wire import MatrixRefusal, Unreachable, Wire, quote
from bot.store import kept
from bot.store.engine import Store

log = structlog.get_logger()

PICTURE = "profile.picture"
Draw = Callable[[], Awaitable[bytes]]
"""Gives the picture as a PNG."""


@dataclass(frozen=True)
class Profile:
    """Sets name and picture where they are not what they should be; once, at the start.

    A picture that somebody has given the account by hand stays.
    """

    store: Store
    wire: Wire
    me: str
    name: str
    draw: Draw

    async def run(self) -> None:
        """See to it, again after a rest where the server would not; end when it is done."""
        while True:
            try:
                await self.keep()
            except (MatrixRefusal, Unreachable) as refused:
                log.warning("profile.unset", why=str(refused))
                if isinstance(refused, MatrixRefusal) and not refused.for_now:
                    return
            except Exception:
                log.exception("profile.unset")
                return
            else:
                return
            await asyncio.sleep(LONGEST_REST)

    async def keep(self) -> None:
        """Compare and set; raise what the wire raises."""
        path = f"{CLIENT}/profile/{quote(self.me)}"
        shown = await self._shown(path)
        if shown.get("displayname") != self.name:
            await self.wire.call("PUT", f"{path}/displayname", {"displayname": self.name})
        drawn = await self.draw()
        mark = hashlib.sha256(drawn).hexdigest()
        async with self.store.read() as session:
            before, _, address = (await kept.get(session, PICTURE) or "").partition(" ")
        now = shown.get("avatar_url") or ""
        if now not in {"", address} or (now and before == mark):
            return
        if before != mark:
            address = await upload(self.wire, drawn, "image/png")
            async with self.store.begin() as session:
                await kept.put(session, PICTURE, f"{mark} {address}")
        await self.wire.call("PUT", f"{path}/avatar_url", {"avatar_url": address})
        log.info("profile.set")

    async def _shown(self, path: str) -> dict[str, Any]:
        try:
            return await self.wire.call("GET", path)
        except MatrixRefusal as refusal:
            if refusal.status == HTTPStatus.NOT_FOUND and not refusal.for_now:
                return {}
            raise
