"""nio's Olm machine, hardened: what a stranger may send it, and what it may forget.

Only the ciphers, the ratchets and the store of nio are used; none of its networking. Its
defects that reach this far are mended here, by the numbers of docs/NIO.md.
"""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import vodozemac
from nio.crypto import DeviceStore, GroupSessionStore, InboundGroupSession, SessionStore
from nio.crypto import Olm as NioOlm
from nio.exceptions import EncryptionError, VerificationError
from nio.store import SqliteStore

from bot.matrix.session import NoSession

Nio: TypeAlias = Any  # a value of nio's, which has no types

OLM = "m.olm.v1.curve25519-aes-sha2"
MEGOLM = "m.megolm.v1.aes-sha2"
# What hostile content makes nio and vodozemac raise; vodozemac's own are ValueErrors.
# A failing disk is not in it: keys that could not be kept must stop us, not be counted.
REJECTS = (
    *(ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError),
    *(EncryptionError, VerificationError),
)

# nio quotes what it could not read; what is worth telling is told by the keyring.
logging.getLogger("nio").setLevel(logging.CRITICAL)


class Forgetful:
    """A store that keeps nothing, for somebody who lives no longer than the process."""

    def load_account(self) -> None:
        """Know no account."""

    def load_sessions(self) -> Nio:
        """Know no Olm sessions."""
        return SessionStore()

    def load_inbound_group_sessions(self) -> Nio:
        """Know no Megolm sessions."""
        return GroupSessionStore()

    def load_device_keys(self) -> Nio:
        """Know nobody's devices."""
        return DeviceStore()

    def load_outgoing_key_requests(self) -> dict[str, Any]:
        """Have asked nobody for keys."""
        return {}

    def _drop(self, *_: object) -> None:
        """Keep nothing: the machine holds it in memory already."""

    save_account = save_session = save_inbound_group_session = save_device_keys = _drop


class Machine(NioOlm):  # type: ignore[misc]  # nio has no types
    """One device's identity, sessions and the devices it knows."""

    def __init__(self, user_id: str, device_id: str, folder: Path | None, pickle_key: str) -> None:
        """Load the device from the folder, or make a new one; None keeps it in memory."""
        store = Forgetful() if folder is None else _store(user_id, device_id, folder, pickle_key)
        try:
            super().__init__(user_id, device_id, store)
        except ValueError as error:
            message = "The kept keys do not open with the key in pickle_key_file."
            raise NoSession("wrong-key", message) from error
        self.curve25519: str = self.account.identity_keys["curve25519"]
        self.ed25519: str = self.account.identity_keys["ed25519"]
        self.wanted: dict[str, tuple[str, str]] = {}
        """Room and sender of the keys that were asked for, by session."""
        self._notes: dict[str, str] = {} if folder is None else _notes(store)

    @property
    def database(self) -> Nio:
        """Give the database that the keys are kept in; None if they are not."""
        return getattr(self.store, "database", None)

    def together(self) -> AbstractContextManager[Any]:
        """Keep everything that is saved inside as one transaction of the store."""
        return nullcontext() if self.database is None else self.database.atomic()

    def noted(self, name: str) -> str | None:
        """Give what was noted beside the keys; it goes back in time with them."""
        return self._notes.get(name)

    def note(self, changes: Mapping[str, str | None]) -> None:
        """Note values beside the keys, all or none, safely on the disk; None removes one."""
        self._notes |= {name: value for name, value in changes.items() if value is not None}
        for name in changes:
            if changes[name] is None:
                self._notes.pop(name, None)
        if self.database is not None:
            with self.database.atomic():
                self.database.execute_sql("DELETE FROM samverkan_note")
                for pair in self._notes.items():
                    self.database.execute_sql("INSERT INTO samverkan_note VALUES (?, ?)", pair)

    def close(self) -> None:
        """Close the store, if there is one on disk."""
        if self.database is not None:
            self.database.close()

    def open(self, sender: str, content: Mapping[str, Any]) -> Nio:
        """Open an Olm letter addressed to this device and keep the key in it.

        Return nio's event, or None when it could not be opened or says nothing to us.
        Raise one of REJECTS on garbage (D1).
        """
        own = content["ciphertext"][self.curve25519]
        sender_key = str(content["sender_key"])
        if own["type"] == 0:
            message = vodozemac.PreKeyMessage.from_base64(own["body"])
            try:
                return self.decrypt(sender, sender_key, message)
            finally:
                self.save_account()  # D4: only now is the one-time key used up
        body = base64.b64decode(own["body"] + "=" * (-len(own["body"]) % 4))
        return self.decrypt(sender, sender_key, vodozemac.AnyOlmMessage.normal(body))

    def create_group_session(
        self, sender_key: str, sender_fp_key: str, room_id: str, session_id: str, session_key: str
    ) -> None:
        """Keep a room key, unless we have it from earlier on already (a key sent twice)."""
        session = InboundGroupSession(session_key, sender_fp_key, sender_key, room_id)
        self._keep(session, session_id)

    def _keep(self, session: Nio, session_id: str) -> None:
        if session.id != session_id:
            raise VerificationError("The room key is not the one it says it is")
        room_id, sender_key = session.room_id, session.sender_key
        known = self.inbound_group_store.get(room_id, sender_key, session_id)
        if known is None or session.first_known_index < known.first_known_index:
            self.inbound_group_store[room_id][sender_key][session_id] = session
            self.save_inbound_group_session(session)

    def _handle_forwarded_room_key_event(
        self, sender: str, sender_key: str, payload: dict[str, Any]
    ) -> Nio:
        """Take a key that was asked for, from the very device that made it and from no other."""
        content = payload["content"]
        session_id, room_id = content["session_id"], content["room_id"]
        made_by = (content["sender_key"], content["sender_claimed_ed25519_key"])
        asked = self.wanted.get(session_id) == (room_id, sender)
        if not asked or made_by != (sender_key, payload["keys"]["ed25519"]):
            raise VerificationError("A key that nobody asked for")
        session = InboundGroupSession.import_session(
            content["session_key"], made_by[1], sender_key, room_id, []
        )
        self._keep(session, session_id)
        del self.wanted[session_id]
        return session

    def verify_json(self, json: dict[str, Any], user_key: str, user_id: str, device: str) -> bool:
        """Tell whether the object is signed by that device; a malformed key says no (D2)."""
        try:
            return bool(super().verify_json(json, user_key, user_id, device))
        except REJECTS:
            return False

    def signed(self, value: dict[str, Any]) -> dict[str, Any]:
        """Add this device's signature."""
        signature = self.sign_json(value)
        return value | {"signatures": {self.user_id: {f"ed25519:{self.device_id}": signature}}}

    def device_keys(self) -> dict[str, Any]:
        """Give what others need to know about this device."""
        keys = {
            f"curve25519:{self.device_id}": self.curve25519,
            f"ed25519:{self.device_id}": self.ed25519,
        }
        return self.signed(
            {
                "algorithms": [OLM, MEGOLM],
                "device_id": self.device_id,
                "user_id": self.user_id,
                "keys": keys,
            }
        )

    def letter(self, device: Nio, kind: str, content: dict[str, Any]) -> dict[str, Any]:
        """Encrypt a to-device letter over the newest Olm session with that device."""
        session = self.session_store.get(device.curve25519)
        sealed: dict[str, Any] = self._olm_encrypt(session, device, kind, content)
        return sealed

    def seal(self, group: Nio, room_id: str, kind: str, content: Mapping[str, Any]) -> str:
        """Encrypt a room event with that outbound session."""
        payload = {"type": kind, "content": dict(content), "room_id": room_id}
        # A letter is two bytes, not six: nio would write all but ASCII as \uXXXX.
        return str(group.encrypt(json.dumps(payload, ensure_ascii=False, separators=(",", ":"))))


def _store(user_id: str, device_id: str, folder: Path, pickle_key: str) -> Nio:
    """Open the device's crypto store; readable by its owner alone."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = f"crypto-{device_id}.db"
    store = SqliteStore(user_id, device_id, str(folder), pickle_key, name)
    (folder / name).chmod(0o600)
    # Every save binds nio's tables, which are all named; the search for more took half its time.
    store.database.bind_ctx = partial(store.database.bind_ctx, bind_refs=False, bind_backrefs=False)
    store.database.execute_sql("PRAGMA journal_mode=WAL")
    store.database.execute_sql("PRAGMA synchronous=FULL")
    return store


def _notes(store: Nio) -> dict[str, str]:
    """Read what was noted beside the keys; in the same file, so that no copy parts them."""
    store.database.execute_sql(
        "CREATE TABLE IF NOT EXISTS samverkan_note (name TEXT PRIMARY KEY, value TEXT NOT NULL)"
    )
    return dict(store.database.execute_sql("SELECT name, value FROM samverkan_note").fetchall())
