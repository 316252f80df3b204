"""End-to-end encryption for one device: what we were given keys to, and who gets ours.

Devices are trusted as they are first seen: their keys may not change after that, and an
event is believed only when its key came from a device of the user it says it is from.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Hashable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from prometheus_client import Counter

from bot.matrix.beside import Beside
from bot.matrix.directory import Directory
from bot.matrix.handover import Handover, key_of
from bot.matrix.history import shows_history, whose_history_changed
from bot.matrix.ledger import Ledger
from bot.matrix.letters import Letters, kind_of
from bot.matrix.machine import MEGOLM, REJECTS, Machine, Nio
from bot.matrix.owed import Owed
from bot.matrix.reader import NotTheirs, Opened, Reader
from bot.matrix.supply import Supply
from bot.matrix.wire import Wire

log = structlog.get_logger()

ONE_TIME_KEYS = 50  # what vodozemac lets a device have published
UNREADABLE = Counter("samverkan_events_unreadable", "Encrypted events that could not be read")


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
        kept = self._machine.database
        self._owed = Owed(Ledger(kept, pickle_key) if kept is not None else None)
        self._beside = Beside()
        self._reader = Reader(self._machine, self._directory)
        self._letters = Letters(self._machine, self._directory, self._handover)
        self._rooms: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._shown: dict[str, bool] = {}  # whether a room's key may be handed on, by its id

    def before_uploads(self, call: Callable[[], Awaitable[None]]) -> None:
        """Have something awaited before each upload of keys."""
        self._supply.before_upload = call

    @property
    def machine(self) -> Machine:
        """Give the device itself, for those who vouch for it."""
        return self._machine

    async def publish(self, wire: Wire) -> None:
        """Do what a device must between syncs; nothing is sent when nothing is due.

        Publish the device and its keys, ask for devices that changed, and start anew with
        those whose session broke. What other homeservers must answer is waited for a moment.
        Raise what the wire raises.
        """
        await self._supply.refill(wire)
        await self._directory.refresh(wire)
        await self._beside.begin({"broken sessions": partial(self._handover.unwedge, wire)})

    @property
    def is_asking(self) -> bool:
        """Tell whether some homeserver has yet to say whose devices there are."""
        return self._directory.is_asking

    def hear(self, sync: Mapping[str, Any]) -> None:
        """Take in a /sync answer's keys, counts and changes, whatever strangers put there."""
        self._supply.hear(sync)
        for room_id in whose_history_changed(sync):
            self.forget_room(room_id)
        lists = sync.get("device_lists")
        if isinstance(lists, Mapping):
            self._directory.hear(lists)
        letters = sync.get("to_device")
        events = letters.get("events") if isinstance(letters, Mapping) else None
        if isinstance(events, list) and events:
            self._letters.hear(events)

    def meet(self, sync: Mapping[str, Any]) -> None:
        """Ask at the next publishing for the devices of who wrote in secret, if unknown now."""
        self._directory.follow(_writers(sync) - {self._machine.user_id})

    def opened(self, room_id: str, event: Mapping[str, Any]) -> Opened | None:
        """Return the event with its clear type and content, and the device that wrote it.

        None means that the key is missing (it may still come), or that the event is garbled or
        replayed; the log tells which, and of whom. Raise NotTheirs if the key is another user's
        device's.
        """
        why = "NoKey"
        try:
            if (found := self._reader.read(room_id, event)) is not None:
                return found
        except REJECTS as error:
            why = kind_of(error)
        UNREADABLE.inc()
        named = {"event_id": event.get("event_id"), "sender": event.get("sender")}
        log.warning("event.unreadable", room_id=room_id, **named, why=why)
        return None

    def decrypt(self, room_id: str, event: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the event with its clear type and content; None if it says nothing to us."""
        try:
            opened = self.opened(room_id, event)
        except NotTheirs:
            return None
        return opened.event if opened else None

    def known(self, room_id: str, sender: str, session_id: str) -> Hashable | None:
        """Tell what there is to read that session with, and whether its sender's devices are known.

        None is nothing; another value than before is a reason to try again.
        """
        keys = self._reader.known_keys(room_id, sender, session_id)
        return (keys, self._directory.is_current(sender)) if keys else None

    async def request(self, wire: Wire, sender: str, room_id: str, session_id: str) -> None:
        """Ask all the sender's devices for a room key they did not give. Raise as the wire does."""
        self._machine.wanted[session_id] = (room_id, sender)
        asked = f"{room_id}\n{session_id}\n{self._machine.device_id}"
        content = {
            "action": "request",
            "body": {"algorithm": MEGOLM, "room_id": room_id, "session_id": session_id},
            "request_id": hashlib.sha256(asked.encode()).hexdigest()[:32],
            "requesting_device_id": self._machine.device_id,
        }
        path = f"/_matrix/client/v3/sendToDevice/m.room_key_request/{content['request_id']}"
        await wire.call("PUT", path, {"messages": {sender: {"*": content}}})
        log.info("key.asked_for", sender=sender, room_id=room_id, session_id=session_id)

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
            if self._is_outworn(room_id, devices.keys()):
                self._shown[room_id] = await shows_history(wire, room_id)
                self._begin(room_id)
            group = self._machine.outbound_group_sessions[room_id]
            history = self._shown.get(room_id, False)
            await self._handover.share(wire, room_id, group, devices, history=history)
            lacking = {it[0] for it in devices.keys() - group.users_shared_with}
            lacking |= {it for it in members if not self._directory.is_current(it)}
            lacking.discard(self._machine.user_id)
            with self._machine.together():
                self._owed.note(key_of(room_id, group, history=history), lacking, members)
            return self._sealed(room_id, group, kind, content)

    async def reachable(self, wire: Wire, user_ids: Collection[str]) -> set[str]:
        """Give those who have a device to write to, as far as that is known in a moment."""
        await self._directory.glance(wire, user_ids)
        return {user_id for user_id, _ in self._directory.devices(user_ids)}

    async def make_good(self, wire: Wire) -> bool:
        """Give who could not be reached the keys of what was said meanwhile; tell if any is left.

        Raise what the wire raises.
        """
        users = self._owed.users()
        if users:
            await self._directory.learn(wire, users)
        for user_id in users:
            if self._directory.is_current(user_id):
                await self._pay(wire, user_id)
        return bool(self._owed.users())

    async def _pay(self, wire: Wire, user_id: str) -> None:
        devices = self._directory.devices([user_id])
        for key in self._owed.keys(user_id):
            sent = await self._handover.give(wire, key, devices)
            group = self._machine.outbound_group_sessions.get(key["room_id"])
            if group is not None and group.id == key["session_id"]:
                group.users_shared_with |= sent
            if sent == devices.keys():
                self._owed.paid(user_id, key)
                log.info("key.made_good", user_id=user_id, room_id=key["room_id"])

    def returned(self, server: str) -> None:
        """Take in that a homeserver answers again: its people's devices are asked for at once."""
        self._directory.returned(server)
        self._handover.returned(server)

    def forget_room(self, room_id: str) -> None:
        """Let the next message there have a new key, which who has left does not get."""
        self._machine.outbound_group_sessions.pop(room_id, None)

    def close(self) -> None:
        """Ask no more, and close the store."""
        self._directory.close()
        self._beside.close()
        self._machine.close()

    def _is_outworn(self, room_id: str, devices: Collection[tuple[str, str]]) -> bool:
        """Tell whether the room needs a new key: there is none, it is old, or somebody left."""
        group = self._machine.outbound_group_sessions.get(room_id)
        return group is None or group.expired or bool(group.users_shared_with - set(devices))

    def _begin(self, room_id: str) -> None:
        with self._machine.together():
            self._machine.create_outbound_group_session(room_id)

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


def _writers(sync: Mapping[str, Any]) -> set[str]:
    """Find who has written something encrypted: it says who they are, once their devices are known.

    Whatever else stands there is for the ears to pass over.
    """
    rooms = sync.get("rooms")
    joined = rooms.get("join") if isinstance(rooms, Mapping) else None
    found: set[str] = set()
    for room in joined.values() if isinstance(joined, Mapping) else ():
        timeline = room.get("timeline") if isinstance(room, Mapping) else None
        events = timeline.get("events") if isinstance(timeline, Mapping) else None
        for event in events if isinstance(events, list) else ():
            if isinstance(event, Mapping) and event.get("type") == "m.room.encrypted":
                sender = event.get("sender")
                found |= {sender} if isinstance(sender, str) else set()
    return found
