"""End-to-end encryption for one device: what we were given keys to, and who gets ours.

Devices are trusted as they are first seen: their keys may not change after that, and an
event is believed only when its key came from a device of the user it says it is from.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import structlog
from nio.events import DummyEvent
from prometheus_client import Counter

from bot.matrix.directory import Directory
from bot.matrix.handover import Handover
from bot.matrix.machine import MEGOLM, REJECTS, Machine, Nio
from bot.matrix.reader import Reader
from bot.matrix.supply import Supply
from bot.matrix.wire import Wire

log = structlog.get_logger()

ONE_TIME_KEYS = 50  # what vodozemac lets a device have published
REJECTED = Counter("samverkan_letters_rejected", "To-device letters that made no sense")
WITHHELD = Counter("samverkan_keys_withheld", "Room keys somebody told us we shall not have")


class Keyring:
    """The keys of one device of one user."""

    def __init__(
        self,
        user_id: str,
        device_id: str,
        folder: Path | None,
        pickle_key: str,
        *,
        one_time_keys: int = ONE_TIME_KEYS,
    ) -> None:
        """Open the store in the folder, locked with the pickle key; None keeps all in memory.

        `one_time_keys` is how many others may take before a refill; people of a rehearsal
        need few.
        """
        self._machine = Machine(user_id, device_id, folder, pickle_key)
        self._supply = Supply(self._machine, one_time_keys)
        self._directory = Directory(self._machine)
        self._handover = Handover(self._machine)
        self._reader = Reader(self._machine, self._directory)
        self._rooms: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def publish(self, wire: Wire) -> None:
        """Do what a device must between syncs; nothing is sent when nothing is due.

        Publish the device and its keys, ask for devices that changed, and start anew with
        those whose session broke. Raise what the wire raises.
        """
        await self._supply.refill(wire)
        await self._directory.refresh(wire)
        await self._handover.unwedge(wire)

    def hear(self, sync: Mapping[str, Any]) -> None:
        """Take in a /sync answer's keys, counts and changes, whatever strangers put there."""
        self._supply.hear(sync)
        lists = sync.get("device_lists")
        if isinstance(lists, Mapping):
            self._directory.hear(lists)
        letters = sync.get("to_device")
        events = letters.get("events") if isinstance(letters, Mapping) else None
        if isinstance(events, list) and events:
            with self._machine.together():
                for event in events:
                    self._hear_letter(event)

    def decrypt(self, room_id: str, event: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the event with its clear type and content, or None.

        None means that the key is missing (it may still come), or that the event is garbled,
        replayed or not its sender's; the log tells which.
        """
        try:
            clear = self._reader.read(room_id, event)
        except REJECTS as error:
            log.warning("event.unreadable", event_id=event.get("event_id"), why=_kind(error))
            return None
        return None if clear is None else {**event, **clear}

    async def encrypt(
        self,
        wire: Wire,
        room_id: str,
        members: Collection[str],
        kind: str,
        content: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Return the content of the m.room.encrypted event to send instead.

        Every device of the members (invited ones too) that we can reach has the key when
        this returns. Raise what the wire raises, when the homeserver cannot be asked.
        """
        async with self._rooms[room_id]:
            await self._directory.learn(wire, members)
            devices = self._directory.devices(members)
            group = self._group(room_id, devices.keys())
            await self._handover.share(wire, room_id, group, devices)
            return self._sealed(room_id, group, kind, content)

    def forget_room(self, room_id: str) -> None:
        """Let the next message there have a new key, which who has left does not get."""
        self._machine.outbound_group_sessions.pop(room_id, None)

    def close(self) -> None:
        """Close the store."""
        self._machine.close()

    def _group(self, room_id: str, devices: Collection[tuple[str, str]]) -> Nio:
        """Give the room's outbound session; a new one when it is old or somebody left."""
        group = self._machine.outbound_group_sessions.get(room_id)
        if group is None or group.expired or group.users_shared_with - set(devices):
            with self._machine.together():
                self._machine.create_outbound_group_session(room_id)
        return self._machine.outbound_group_sessions[room_id]

    def _sealed(
        self,
        room_id: str,
        group: Nio,
        kind: str,
        content: Mapping[str, Any],
    ) -> dict[str, Any]:
        sealed = {
            "algorithm": MEGOLM,
            "sender_key": self._machine.curve25519,
            "ciphertext": self._machine.seal(group, room_id, kind, content),
            "session_id": group.id,
            "device_id": self._machine.device_id,
        }
        if "m.relates_to" in content:  # the server ties polls, edits and threads together by it
            sealed["m.relates_to"] = content["m.relates_to"]
        return sealed

    def _hear_letter(self, event: object) -> None:
        """Take in one to-device event; garbage is counted and stops nothing (D1)."""
        try:
            if not isinstance(event, Mapping):
                raise TypeError("not an object")
            if event["type"] == "m.room.encrypted":
                self._open(str(event["sender"]), event["content"])
            elif event["type"] == "m.room_key.withheld":
                WITHHELD.inc()
                log.warning("key.withheld", sender=event["sender"])
        except REJECTS as error:
            REJECTED.inc()
            sender = event.get("sender") if isinstance(event, Mapping) else None
            log.warning("letter.rejected", sender=sender, why=_kind(error))

    def _open(self, sender: str, content: Mapping[str, Any]) -> None:
        try:
            opened = self._machine.open(sender, content)
        except REJECTS:
            # An honest device whose session broke can be met anew; nio asks no more than hourly.
            self._machine._mark_device_for_unwedging(sender, content.get("sender_key"))  # noqa: SLF001
            raise
        device = self._machine.device_store.device_from_sender_key(sender, content["sender_key"])
        if opened is None:
            log.info("letter.unread", sender=sender)
        elif device is None:
            self._directory.wonder_about(sender)
        elif isinstance(opened, DummyEvent):  # the session before this one broke
            self._handover.repeat([(sender, device.id)])


def _kind(error: BaseException) -> str:
    """Name an error without its words, which may quote what people wrote."""
    return type(error).__name__
