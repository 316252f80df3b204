"""Somebody who plays: a Matrix client of their own, who reads when the phone buzzes."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import secrets
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from bot.matrix.keyring import Keyring
from bot.matrix.wire import MatrixRefusal, Wire, quote
from bot.rehearsal.homeserver import Account, Homeserver
from bot.rehearsal.script import Role

CLIENT = "/_matrix/client/v3"
ENCRYPTED = "m.room.encrypted"
MEGOLM = "m.megolm.v1.aes-sha2"
COMES_WITHIN = 20.0  # seconds of real time for the bot to follow an invitation
GLANCE = 0.05  # seconds between two looks at the phone, when something is on its way
KEY_WITHIN = 3.0  # seconds; a key from another homeserver may come after what it opens
TRIES = 2  # readings; a key that has not come by then was never meant for this reader
FEW_KEYS = 4  # others take one for each device that writes to them; the fallback key is for more
FILTER = json.dumps(
    {
        "presence": {"not_types": ["*"]},
        "account_data": {"not_types": ["*"]},
        "room": {
            "ephemeral": {"not_types": ["*"]},
            "account_data": {"not_types": ["*"]},
            "state": {"types": []},
            "timeline": {"limit": 100},
        },
    }
)


@dataclass(frozen=True)
class Heard:
    """An event as its reader sees it, decrypted if the reader could; `tries` if not yet."""

    room_id: str
    event: Mapping[str, Any]
    tries: int = 0


@dataclass
class Person:
    """One account, its device and its place in the stream of events."""

    role: Role
    name: str
    server: Homeserver
    account: Account
    wire: Wire
    keyring: Keyring | None
    joined: set[str] = field(default_factory=set)
    arrivals: list[str] = field(default_factory=list)
    """The events by which they have come into rooms, until the bot is known to have read them."""
    _since: str | None = None
    _unread: list[Heard] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)

    @classmethod
    async def register(
        cls, server: Homeserver, role: Role, name: str, localpart: str, *, encrypted: bool
    ) -> Person:
        """Register somebody, with keys that the bot finds when it first writes to them."""
        account = await server.register(localpart, f"{localpart}-2026", display_name=name)
        wire = Wire(server.url, account.access_token)
        keyring = None
        if encrypted:
            keyring = Keyring(
                account.user_id,
                account.device_id,
                None,
                secrets.token_hex(8),
                one_time_keys=FEW_KEYS,
            )
            await keyring.publish(wire)
        return cls(role, name, server, account, wire, keyring)

    @property
    def mxid(self) -> str:
        """Give the Matrix id."""
        return self.account.user_id

    async def join(self, room_id: str, via: str | None = None) -> None:
        """Go into a room that one is invited to, or that lets one in; `via` a homeserver there."""
        if room_id in self.joined:
            return
        query = {"via": via} if via else None
        await self.wire.call("POST", f"{CLIENT}/join/{quote(room_id)}", {}, query=query)
        self.joined.add(room_id)
        path = f"{CLIENT}/rooms/{quote(room_id)}/state/m.room.member/{quote(self.mxid)}"
        came = await self.wire.call("GET", path, query={"format": "event"})
        self.arrivals.append(str(came["event_id"]))

    async def follow(self, room_id: str) -> None:
        """Go where one has been invited from another homeserver, as soon as that is known here."""
        async with asyncio.timeout(COMES_WITHIN):
            while room_id not in self.joined:
                self._unread += await self._look()
                await asyncio.sleep(GLANCE)

    async def greet(self, mxid: str) -> None:
        """Look at somebody's profile on another homeserver, which then knows that ours lives."""
        await self.wire.call("GET", f"{CLIENT}/profile/{quote(mxid)}")

    async def open_direct(self, other: str, *, encrypted: bool) -> str:
        """Open a room with one other, as a client does when somebody writes to a stranger."""
        secret = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": MEGOLM}}
        body = {
            "preset": "trusted_private_chat",
            "is_direct": True,
            "invite": [other],
            "initial_state": [secret] if encrypted else [],
        }
        made = await self.wire.call("POST", f"{CLIENT}/createRoom", body)
        self.joined.add(str(made["room_id"]))
        return str(made["room_id"])

    async def send(
        self, room_id: str, kind: str, content: Mapping[str, Any], readers: Collection[str]
    ) -> str:
        """Put an event in a room, encrypted for the readers if there are any; give its id.

        The readers are those of the room who will read it: in a play, the bot and whoever
        reads the room for the record. Reactions are never encrypted, as in every client.
        """
        if readers and self.keyring is not None and kind != "m.reaction":
            content = await self.keyring.encrypt(self.wire, room_id, readers, kind, content)
            kind = ENCRYPTED
        path = f"{CLIENT}/rooms/{quote(room_id)}/send/{kind}/{secrets.token_hex(12)}"
        return str((await self.wire.call("PUT", path, content))["event_id"])

    async def read(self, awaited: Collection[str] = ()) -> list[Heard]:
        """Look at the phone: go where one is invited, and read what is new.

        `awaited` are events known to be on their way; from another homeserver it takes a moment.
        """
        heard, missing = await self._look(), set(awaited)
        with suppress(TimeoutError):
            async with asyncio.timeout(COMES_WITHIN):
                while missing := missing - self._seen:
                    await asyncio.sleep(GLANCE)
                    heard += await self._look()
        clear = await self._clear(heard)
        with suppress(TimeoutError):
            async with asyncio.timeout(KEY_WITHIN):
                while any(each.event["event_id"] in awaited for each in self._unread):
                    await asyncio.sleep(GLANCE)
                    clear += await self._clear(await self._look())
        tried = [dataclasses.replace(each, tries=each.tries + 1) for each in self._unread]
        self._unread = [each for each in tried if each.tries < TRIES]
        return clear

    async def _look(self) -> list[Heard]:
        sync = await self._sync()
        rooms = sync.get("rooms", {})
        self.joined -= set(rooms.get("leave", {}))
        invited = list(rooms.get("invite", {}))
        for room_id in invited:
            await self.join(room_id)
        heard = await self._timelines(rooms.get("join", {}))
        self._seen |= {str(each.event["event_id"]) for each in heard}
        return heard + await self._look() if invited else heard

    async def members(self, room_id: str) -> set[str]:
        """List who is in the room or invited to it, as the homeserver sees it."""
        path = f"{CLIENT}/rooms/{quote(room_id)}/members"
        chunk = (await self.wire.call("GET", path))["chunk"]
        there = {"join", "invite"}
        return {each["state_key"] for each in chunk if each["content"]["membership"] in there}

    async def wait_for(self, room_id: str, other: str) -> None:
        """Wait until somebody invited has come in; raise TimeoutError if they do not."""
        path = f"{CLIENT}/rooms/{quote(room_id)}/joined_members"
        async with asyncio.timeout(COMES_WITHIN):
            while other not in (await self.wire.call("GET", path))["joined"]:  # noqa: ASYNC110
                await asyncio.sleep(GLANCE)  # another process: nobody here can tell us

    async def is_encrypted(self, room_id: str) -> bool:
        """Tell whether the room says that it is encrypted."""
        path = f"{CLIENT}/rooms/{quote(room_id)}/state/m.room.encryption"
        try:
            await self.wire.call("GET", path)
        except MatrixRefusal as refusal:
            if refusal.errcode == "M_NOT_FOUND":
                return False
            raise
        return True

    async def _sync(self) -> dict[str, Any]:
        query = {"timeout": "0", "filter": FILTER}
        if self._since:
            query["since"] = self._since
        sync = await self.wire.call("GET", f"{CLIENT}/sync", query=query)
        self._since = str(sync["next_batch"])
        if self.keyring is not None:
            self.keyring.hear(sync)
            await self.keyring.publish(self.wire)
        return sync

    async def _timelines(self, rooms: Mapping[str, Any]) -> list[Heard]:
        """Give what is new, with what a long silence has left out."""
        heard = []
        for room_id, room in rooms.items():
            self.joined.add(room_id)
            timeline = room["timeline"]
            events = list(timeline["events"])
            if timeline.get("limited") and timeline.get("prev_batch"):
                events = await self._before(room_id, timeline["prev_batch"]) + events
            heard += [Heard(room_id, event) for event in events]
        return heard

    async def _before(self, room_id: str, token: str) -> list[dict[str, Any]]:
        """Go back for what did not fit, at most as much again; the record knows the rest."""
        query = {"dir": "b", "from": token, "limit": "100"}
        path = f"{CLIENT}/rooms/{quote(room_id)}/messages"
        return list(reversed((await self.wire.call("GET", path, query=query))["chunk"]))

    async def _clear(self, heard: list[Heard]) -> list[Heard]:
        """Decrypt what can be; what cannot yet is tried again, once now and at each reading."""
        clear, self._unread = self._decrypted(self._unread + heard)
        if self._unread and self.keyring is not None:
            await self.keyring.publish(self.wire)
            more, self._unread = self._decrypted(self._unread)
            clear += more
        return clear

    def _decrypted(self, heard: list[Heard]) -> tuple[list[Heard], list[Heard]]:
        clear: list[Heard] = []
        sealed: list[Heard] = []
        for each in heard:
            if each.event.get("type") != ENCRYPTED:
                clear.append(each)
                continue
            event = self.keyring.decrypt(each.room_id, each.event) if self.keyring else None
            if event is None:
                sealed.append(each)
            else:
                clear.append(Heard(each.room_id, event))
        return clear, sealed
