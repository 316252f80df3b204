"""Whose devices there are: asked for when they are needed, and again when they changed."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import partial
from typing import Any

import structlog
import vodozemac
from nio.responses import KeysQueryResponse
from prometheus_client import Counter

from bot.domain.incoming import Proof
from bot.domain.silences import server_of
from bot.matrix.beside import Beside
from bot.matrix.claims import mapping
from bot.matrix.identities import Identity, identity_of
from bot.matrix.machine import REJECTS, Machine, Nio
from bot.matrix.seconds import now as _now
from bot.matrix.wire import Wire

log = structlog.get_logger()

REJECTED = Counter("samverkan_devices_rejected", "Devices whose keys made no sense")

REMOTE_WAIT = 10_000  # milliseconds our homeserver waits for another one
LONGEST_REST = 600.0  # seconds at most before somebody unreachable is tried again
WONDER_EVERY = 30.0  # seconds between two askings for one user's devices that nothing told us of


class Rests:
    """Let what failed rest: not at all after the first time, longer and longer after that."""

    def __init__(self) -> None:
        self._failed: dict[str, tuple[int, float]] = {}

    def due(self, key: str) -> bool:
        """Tell whether it may be tried now."""
        return self._failed.get(key, (0, 0.0))[1] <= _now()

    def failed(self, key: str) -> None:
        """Note a failure."""
        times = self._failed.get(key, (0, 0.0))[0] + 1
        rest = 0.0 if times == 1 else min(LONGEST_REST, 5.0 * 2.0 ** min(times, 10))
        self._failed[key] = (times, _now() + rest)

    def returned(self, server: str) -> None:
        """Let what lies at a homeserver that answers again be tried at once."""
        for key in [it for it in self._failed if f":{server}/" in f"{it}/"]:
            self.worked(key)

    def worked(self, key: str) -> None:
        """Forget the failures."""
        self._failed.pop(key, None)


class Directory:
    """The users whose device lists we follow, and those we must ask for."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._followed: set[str] = set()
        self._stale: set[str] = set()
        self._asked: set[str] = set()  # whose homeserver has been asked and not answered yet
        self._asked_at: dict[str, float] = {}
        self._wondering: set[str] = set()  # of the stale, those who are so on our own suspicion
        self._identities: dict[str, Identity] = {}
        # Each homeserver by itself: one that is slow keeps nobody else's people waiting.
        self._asking: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._beside = Beside()
        self._rests = Rests()

    @property
    def is_asking(self) -> bool:
        """Tell whether a homeserver is asked that has not answered in a moment."""
        return self._beside.busy

    def close(self) -> None:
        """Ask no more."""
        self._beside.close()

    def hear(self, lists: Mapping[str, Any]) -> None:
        """Take in /sync's `device_lists`; of those we do not follow there is nothing to mend."""
        changed = self._followed.intersection(_strings(lists.get("changed")))
        self._stale |= changed
        self._wondering -= changed
        for user_id in _strings(lists.get("left")):
            self._followed.discard(user_id)
            self._stale.discard(user_id)
            self._wondering.discard(user_id)

    def wonder_about(self, user_id: str) -> None:
        """Ask for this user's devices at the next occasion: one of them is unknown to us.

        Anybody can make us wonder with each letter, so that it is no reason to ask all the time.
        """
        if user_id not in self._stale and user_id not in self._asked:
            self._wondering.add(user_id)
            self._stale.add(user_id)

    def follow(self, user_ids: Collection[str]) -> None:
        """Ask at the next occasion for the devices of those whom we do not know as they are now."""
        self._stale.update(it for it in user_ids if it not in self._followed)

    def proof(self, user_id: str, device: Nio) -> Proof:
        """Say what a device of the user's proves: itself, and the identity that has signed it."""
        identity = self._identities.get(user_id)
        if identity is None:
            return Proof(device.id, device.ed25519)
        if identity.signed(device.id, device.ed25519):
            return Proof(device.id, device.ed25519, identity.master)
        return Proof(device.id, device.ed25519, shown=identity.master)

    def is_current(self, user_id: str) -> bool:
        """Tell whether we know this user's devices as they are now."""
        unsure = user_id in self._stale or user_id in self._asked
        return user_id in self._followed and not unsure

    def devices(self, members: Collection[str]) -> dict[tuple[str, str], Any]:
        """Give the devices of the members but our own, by user and device id (D17)."""
        own = (self._machine.user_id, self._machine.device_id)
        store = self._machine.device_store
        found = {
            (user_id, device.id): device
            for user_id in members
            for device in store.active_user_devices(user_id)
        }
        found.pop(own, None)
        return found

    def returned(self, server: str) -> None:
        """Take in that a homeserver answers again."""
        self._rests.returned(server)

    async def learn(self, wire: Wire, members: Collection[str]) -> None:
        """Ask for the devices of those members that we do not know as they are now.

        Each homeserver is asked by itself. Raise what the wire raises.
        """
        unknown = self._unknown(members)
        await asyncio.gather(*(self._learn(wire, each, unknown[each]) for each in unknown))

    async def refresh(self, wire: Wire) -> None:
        """Ask for everybody whose devices have changed, as `glance` does."""
        await self.glance(wire, self._stale.copy())

    async def glance(self, wire: Wire, members: Collection[str]) -> None:
        """Ask as `learn` does, and wait a moment; what comes later is taken in when it comes."""
        unknown = self._unknown(members)
        asks = {each: partial(self._learn, wire, each, unknown[each]) for each in unknown}
        await self._beside.begin(asks)

    def _unknown(self, members: Iterable[str]) -> dict[str, list[str]]:
        """List by homeserver whose devices are to be asked for now."""
        by_server: dict[str, list[str]] = {}
        for user_id in members:
            if self._is_due(user_id):
                by_server.setdefault(server_of(user_id), []).append(user_id)
        return by_server

    def _is_due(self, user_id: str) -> bool:
        """Tell whether somebody's devices are to be asked for now."""
        asked_at = self._asked_at.get(user_id, float("-inf"))
        rests = user_id in self._wondering and _now() - asked_at < WONDER_EVERY
        return not self.is_current(user_id) and not rests and self._rests.due(user_id)

    async def _learn(self, wire: Wire, server: str, members: Collection[str]) -> None:
        async with self._asking[server]:
            wanted = {it for it in members if self._is_due(it)}
            if wanted:
                await self._ask(wire, wanted)

    async def _ask(self, wire: Wire, wanted: set[str]) -> None:
        self._note_asking(wanted)
        body = {"device_keys": {user_id: [] for user_id in wanted}, "timeout": REMOTE_WAIT}
        try:
            answer = await wire.call("POST", "/_matrix/client/v3/keys/query", body, timeout=40)
        except BaseException:
            self._stale |= wanted
            raise
        finally:
            self._asked -= wanted
        self._take(wanted, answer)

    def _note_asking(self, wanted: set[str]) -> None:
        self._stale -= wanted  # a change that comes while we ask makes them stale again
        self._wondering -= wanted
        self._asked |= wanted
        now = _now()
        recent = {it: at for it, at in self._asked_at.items() if now - at < WONDER_EVERY}
        self._asked_at = recent | dict.fromkeys(wanted, now)

    def _take(self, wanted: set[str], answer: Mapping[str, Any]) -> None:
        """Take in the answer; users of a server that did not answer are asked for later."""
        found = mapping(answer.get("device_keys"))
        down = tuple(f":{server}" for server in mapping(answer.get("failures")))
        lost = {it for it in wanted if it not in found and down and it.endswith(down)}
        for user_id in lost:
            self._rests.failed(user_id)
            log.warning("devices.unknown", user_id=user_id)
        for user_id in wanted - lost:
            self._rests.worked(user_id)
        self._followed |= wanted - lost
        self._stale |= lost
        for user_id in wanted - lost:
            self._identify(user_id, answer)
        with self._machine.together():
            self._machine.handle_response(
                KeysQueryResponse({it: _sound(it, found.get(it)) for it in wanted - lost}, {})
            )

    def _identify(self, user_id: str, answer: Mapping[str, Any]) -> None:
        """Take in which of their devices the user vouches for now."""
        identity = identity_of(user_id, answer, self._machine.verify_json)
        if identity is None:
            self._identities.pop(user_id, None)
        else:
            self._identities[user_id] = identity


def _sound(user_id: str, devices: object) -> dict[str, dict[str, Any]]:
    """Keep the devices that are shaped as devices are; nio takes that for granted (D2)."""
    sound = {}
    for device_id, device in mapping(devices).items():
        try:
            vodozemac.Curve25519PublicKey.from_base64(device["keys"][f"curve25519:{device_id}"])
            named = {"user_id": device["user_id"], "device_id": device["device_id"]}
            # What is unsigned (the name somebody gave it) is nothing we need.
            sound[device_id] = {it: device[it] for it in device if it != "unsigned"} | named
        except REJECTS:
            REJECTED.inc()
            log.warning("device.rejected", user_id=user_id, device_id=device_id)
    return sound


def _strings(value: object) -> list[str]:
    return [it for it in value if isinstance(it, str)] if isinstance(value, list) else []
