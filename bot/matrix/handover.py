"""Hand a room's key to everybody's devices: each once, those out of reach again later."""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import structlog

from bot.matrix.directory import REMOTE_WAIT, Rests
from bot.matrix.machine import MEGOLM, REJECTS, Machine, Nio
from bot.matrix.supply import KIND
from bot.matrix.wire import MatrixRefusal, Wire, quote

log = structlog.get_logger()

Devices = dict[tuple[str, str], Nio]  # nio's devices by user and device id
SHARED_HISTORY = ("shared_history", "org.matrix.msc3061.shared_history")
LETTERS_AT_ONCE = 40  # in one request: about 50 kB, below what one federated letter box takes


class Handover:
    """Opens Olm sessions with devices, and sends letters over them."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._claiming = asyncio.Lock()
        self._rests = Rests()

    async def share(
        self, wire: Wire, room_id: str, group: Nio, devices: Devices, *, history: bool = False
    ) -> None:
        """Give the room's key to those devices that have not got it yet.

        `history`: the room shows what was said to those who come later, so that whoever asks
        them in may hand the key on (MSC4268).
        A device that could not be reached does not stop the others, nor the message; it is
        logged, and tried again with the next message (D8).
        """
        missing = {it: devices[it] for it in devices if it not in group.users_shared_with}
        if missing:
            key = key_of(room_id, group, history=history)
            group.users_shared_with |= await self.give(wire, key, missing)
            unreached = missing.keys() - group.users_shared_with
            if unreached:
                log.info("key.undelivered", room_id=room_id, devices=len(unreached))
        group.mark_as_shared()

    async def give(self, wire: Wire, key: dict[str, Any], devices: Devices) -> set[tuple[str, str]]:
        """Give the devices a room's key, as far as they can be reached; return those who have it.

        Raise what the wire raises.
        """
        await self._meet(wire, devices)
        return await self._send(wire, dict.fromkeys(devices, ("m.room_key", key)), devices)

    async def unwedge(self, wire: Wire) -> None:
        """Start anew with devices whose Olm session broke, so that they can reach us again."""
        wedged = {(it.user_id, it.id): it for it in self._machine.wedged_devices}
        if not wedged:
            return
        async with self._claiming:
            await self._claim(wire, wedged)
        still = [it for it in self._machine.wedged_devices if (it.user_id, it.id) not in wedged]
        self._machine.wedged_devices = still
        self.repeat(wedged.keys())
        await self._send(wire, {it: ("m.dummy", {}) for it in wedged}, wedged)

    def repeat(self, devices: Collection[tuple[str, str]]) -> None:
        """Give those devices every room's key again, since they may have missed it."""
        for group in self._machine.outbound_group_sessions.values():
            group.users_shared_with.difference_update(devices)

    def returned(self, server: str) -> None:
        """Take in that a homeserver answers again."""
        self._rests.returned(server)

    async def _meet(self, wire: Wire, devices: Devices) -> None:
        """Open an Olm session with each device that we have none with."""
        if not self._strangers(devices):
            return
        async with self._claiming:  # another room may have met them while we stood in line
            strangers = self._strangers(devices)
            if strangers:
                await self._claim(wire, strangers)

    def _strangers(self, devices: Devices) -> Devices:
        sessions = self._machine.session_store
        return {
            it: device
            for it, device in devices.items()
            if not sessions.get(device.curve25519) and self._rests.due("/".join(it))
        }

    async def _claim(self, wire: Wire, devices: Devices) -> None:
        """Take a one-time key of each device from its homeserver, and open a session."""
        wanted: dict[str, dict[str, str]] = {}
        for user_id, device_id in devices:
            wanted.setdefault(user_id, {})[device_id] = KIND
        body = {"one_time_keys": wanted, "timeout": REMOTE_WAIT}
        answer = await wire.call("POST", "/_matrix/client/v3/keys/claim", body, timeout=40)
        with self._machine.together():
            for it, device in devices.items():
                self._opened(it, device, answer.get("one_time_keys", {}))

    def _opened(self, it: tuple[str, str], device: Nio, keys: Mapping[str, Any]) -> None:
        try:
            key = next(iter(keys[device.user_id][device.id].values()))
            if not self._machine.verify_json(key, device.ed25519, device.user_id, device.id):
                raise ValueError("not signed by its device")
            self._machine.create_session(key["key"], device.curve25519)
        except REJECTS as error:
            log.warning("device.unreached", device=it, why=repr(error))
            self._rests.failed("/".join(it))
        else:
            self._rests.worked("/".join(it))

    async def _send(
        self, wire: Wire, letters: Mapping[tuple[str, str], tuple[str, Any]], devices: Devices
    ) -> set[tuple[str, str]]:
        """Send each device its letter, and return those that the server took."""
        sessions = self._machine.session_store
        able = [it for it in letters if sessions.get(devices[it].curve25519)]
        sent: set[tuple[str, str]] = set()
        for some in _batches(able):
            messages: dict[str, dict[str, Any]] = {}
            with self._machine.together():
                for it in some:
                    letter = self._machine.letter(devices[it], *letters[it])
                    messages.setdefault(it[0], {})[it[1]] = letter
            if await self._post(wire, messages):
                sent.update(some)
        return sent

    async def _post(self, wire: Wire, messages: dict[str, dict[str, Any]]) -> bool:
        """Post one batch; a refusal of it is logged, an unreachable server is raised."""
        path = f"/_matrix/client/v3/sendToDevice/m.room.encrypted/{quote(secrets.token_hex(12))}"
        try:
            await wire.call("PUT", path, {"messages": messages})
        except MatrixRefusal as refusal:
            log.warning("letters.refused", status=refusal.status, errcode=refusal.errcode)
            return False
        return True


def key_of(room_id: str, group: Nio, *, history: bool) -> dict[str, Any]:
    """Write the room's key as it is now: it opens what is said from here on."""
    content: dict[str, Any] = dict.fromkeys(SHARED_HISTORY, True) if history else {}
    return content | {
        "algorithm": MEGOLM,
        "room_id": room_id,
        "session_id": group.id,
        "session_key": group.session_key,
    }


def _batches(them: Iterable[tuple[str, str]]) -> Iterable[list[tuple[str, str]]]:
    """Split into lists of at most LETTERS_AT_ONCE."""
    rest = iter(them)
    while some := list(itertools.islice(rest, LETTERS_AT_ONCE)):
        yield some
