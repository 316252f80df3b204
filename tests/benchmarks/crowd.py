"""People with devices, at the null homeserver: what they say is encrypted to the bot."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable
from typing import Any

from bot.matrix.keyring import Keyring
from bot.matrix.wire import Wire
from tests.benchmarks.lab import ME, Null, Place

AT_ONCE = 20  # people who take a key of the bot's before it is waited for that it has more
ENOUGH = 25
FEW = 4  # keys of each: the bot takes one
Said = list[list[dict[str, Any]]]


class Crowd:
    """Everybody in some rooms, each with one device."""

    def __init__(self, null: Null, where: Iterable[Place]) -> None:
        self._null = null
        people = dict.fromkeys(who for place in where for who in place.people)
        self._wires = {who: Wire(null.url, f"{who}|DEVICE") for who in people}
        self._keys = {
            who: Keyring(who, "DEVICE", None, secrets.token_hex(8), one_time_keys=FEW)
            for who in people
        }
        self._met: set[str] = set()

    async def arrive(self) -> None:
        """Publish everybody's device."""
        for who, keyring in self._keys.items():
            await keyring.publish(self._wires[who])

    async def leave(self) -> None:
        """Hang up."""
        for wire in self._wires.values():
            await wire.close()

    async def sealed(self, batches: Said) -> Said:
        """Encrypt what is said; the bot has the keys to it when this returns."""
        return [[await self._sealed(item) for item in batch] for batch in batches]

    async def _sealed(self, item: dict[str, Any]) -> dict[str, Any]:
        event, room_id = item["event"], item["room_id"]
        who = event["sender"]
        if who not in self._met:
            self._met.add(who)
            if len(self._met) % AT_ONCE == 0:
                await self._keys_left()
        content = await self._keys[who].encrypt(
            self._wires[who], room_id, [ME], event["type"], event["content"]
        )
        return {
            "room_id": room_id,
            "event": event | {"type": "m.room.encrypted"} | {"content": content},
        }

    async def _keys_left(self) -> None:
        async with asyncio.timeout(30):
            while (await self._null.score())["keys_left"] < ENOUGH:  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.05)
