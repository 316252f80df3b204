"""Read what others encrypted, and believe it only of those whose devices wrote it."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
import vodozemac
from prometheus_client import Counter

from bot.domain.incoming import Proof
from bot.matrix.directory import Directory
from bot.matrix.machine import Machine, Nio

log = structlog.get_logger()

FORGED = Counter("samverkan_events_forged", "Events on a key of another user than their sender")


class NotTheirs(Exception):  # noqa: N818 - says what is wrong with the event
    """The event is on a key of another user's device than its sender's (D16)."""


class Replayed(NotTheirs):
    """The words are their sender's, but have come before in another event."""


@dataclass(frozen=True)
class Opened:
    """An event in clear, and the device it was written on.

    `proof` is None where the key came by way of another device, which vouches for nothing.
    `message` is its key, and its number under it.
    """

    event: dict[str, Any]
    proof: Proof | None
    message: tuple[str, int] | None = None


class Reader:
    """Opens room events with the keys one device was given."""

    def __init__(self, machine: Machine, directory: Directory) -> None:
        self._machine = machine
        self._directory = directory

    def read(self, room_id: str, event: Mapping[str, Any]) -> Opened | None:
        """Decrypt, and check that it is the sender's, of this room, and not a replay.

        None while the key is missing. Raise NotTheirs, Replayed (what this process has read
        itself; the rest is the desk's to know), and one of REJECTS on garbage.
        """
        secret, sender = event["content"], str(event["sender"])
        found = self._session(room_id, sender, secret["session_id"])
        if found is None:
            return None
        session, device = found
        message = vodozemac.MegolmMessage.from_base64(secret["ciphertext"])
        opened = session._session.decrypt(message)  # noqa: SLF001 - nio's own decrypt hides nothing else
        seen = (event.get("event_id"), event.get("origin_server_ts"))
        place = (session.sender_key, session.id, opened.message_index)
        if self._machine.message_index_store.get(place, seen) != seen:
            log.warning("event.replayed", room_id=room_id, sender=sender, event_id=seen[0])
            raise Replayed
        self._machine.message_index_store[place] = seen
        payload = json.loads(opened.plaintext)
        if payload["room_id"] != room_id:
            raise ValueError("written for another room")
        content = payload["content"]
        if not isinstance(content, dict):
            raise TypeError("not an object")
        if "m.relates_to" in secret:
            content.setdefault("m.relates_to", secret["m.relates_to"])
        clear = {"type": str(payload["type"]), "content": content}
        own_word = device is not None and not session.forwarding_chain
        proof = self._directory.proof(sender, device) if own_word else None
        key = f"{session.sender_key}/{session.id}"
        return Opened({**event, **clear}, proof, (key, opened.message_index))

    def _session(self, room_id: str, sender: str, session_id: str) -> tuple[Nio, Nio] | None:
        """Find the key among those that the sender's own devices gave us (D14, D16).

        One of a device that nobody has is perhaps of a new one of theirs: it may be listed soon.
        """
        by_device = self._machine.inbound_group_store[room_id]
        found = [them[session_id] for them in by_device.values() if session_id in them]
        own = self._signatures(sender)
        for session in found:
            if (session.sender_key, session.ed25519) in own:
                return session, own[session.sender_key, session.ed25519]
        if found and all(self._is_anothers(it, sender) for it in found):
            FORGED.inc()
            log.warning("event.forged", room_id=room_id, sender=sender, session_id=session_id)
            raise NotTheirs
        if found:
            self._directory.wonder_about(sender)
        return None

    def known_keys(self, room_id: str, sender: str, session_id: str) -> Hashable | None:
        """Tell which keys there are to that session, and which of them are the sender's devices'.

        None if there are none.
        """
        by_device = self._machine.inbound_group_store[room_id]
        found = [them[session_id] for them in by_device.values() if session_id in them]
        own = self._signatures(sender)
        return tuple(sorted(
            (it.sender_key, it.first_known_index, (it.sender_key, it.ed25519) in own)
            for it in found
        )) or None  # fmt: skip

    def _is_anothers(self, session: Nio, sender: str) -> bool:
        """Tell whether the key came from a device that we know, and not as the sender's."""
        pair = (session.sender_key, session.ed25519)
        others = {*self._machine.device_store.users, self._machine.user_id} - {sender}
        return any(pair in self._signatures(user_id) for user_id in others)

    def _signatures(self, user_id: str) -> dict[tuple[str, str], Nio]:
        """Give the user's devices by their key pairs; those since deleted wrote before that.

        None stands for this device itself.
        """
        known = self._machine.device_store[user_id].values()
        pairs = {(device.curve25519, device.ed25519): device for device in known}
        if user_id == self._machine.user_id:
            pairs[self._machine.curve25519, self._machine.ed25519] = None
        return pairs
