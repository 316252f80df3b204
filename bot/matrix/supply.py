"""The keys others take from our homeserver to write to us: published, counted, refilled."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

import structlog

from bot.matrix.machine import Machine
from bot.matrix.seconds import now as _now
from bot.matrix.session import NoSession
from bot.matrix.wire import MatrixRefusal, Wire

log = structlog.get_logger()

SPOILT = "spoilt"  # noted beside keys that were found to be an old copy
KIND = "signed_curve25519"
FALLBACK_REST = 3600.0  # seconds a used fallback key stays; the one before it is kept as long


class Supply:
    """One device's one-time keys and its fallback key."""

    def __init__(self, machine: Machine, wanted: int) -> None:
        self._machine = machine
        self._wanted = wanted
        self._left: int | None = None  # on the server; None until it has told us
        self._fallback_used = False
        self._fallback_made = float("-inf")
        self._uploading = asyncio.Lock()
        self.before_upload: Callable[[], Awaitable[None]] = _nothing
        """Awaited before each upload of keys."""

    def hear(self, sync: Mapping[str, Any]) -> None:
        """Take in how many keys the server has left; an absent count has not changed (D3)."""
        counts = sync.get("device_one_time_keys_count")
        if isinstance(counts, Mapping):
            left = counts.get(KIND, 0)
            self._left = left if isinstance(left, int) else 0
        unused = sync.get("device_unused_fallback_key_types")
        if isinstance(unused, list):
            self._fallback_used = KIND not in unused

    async def refill(self, wire: Wire) -> None:
        """Upload what is missing: the device itself the first time, then keys."""
        async with self._uploading:
            body = self._missing()
            if body:
                await self.before_upload()
                await self._upload(wire, body)

    def _missing(self) -> dict[str, Any]:
        """Make the keys that are missing, and keep them before anyone may use them."""
        first = not self._machine.account.shared
        body: dict[str, Any] = {"device_keys": self._machine.device_keys()} if first else {}
        left = 0 if first else self._left
        if left is not None and left <= self._wanted // 2:
            body["one_time_keys"] = self._one_time_keys(self._wanted - left)
        if first or (self._fallback_used and _now() - self._fallback_made > FALLBACK_REST):
            body["fallback_keys"] = self._fallback_key()
        if body:
            self._machine.save_account()
        return body

    async def _upload(self, wire: Wire, body: dict[str, Any]) -> None:
        try:
            answer = await wire.call("POST", "/_matrix/client/v3/keys/upload", body)
        except MatrixRefusal as refusal:
            if refusal.status != HTTPStatus.BAD_REQUEST or "device_keys" in body:
                raise
            if "already exists" in refusal.error:
                raise self._set_back() from None
            log.warning("keys.refused", errcode=refusal.errcode)
            answer = {}
        self._machine.account.shared = True
        self._machine.account.mark_keys_as_published()
        self._machine.save_account()
        self._left = answer.get("one_time_key_counts", {}).get(KIND, self._left)
        if "fallback_keys" in body:
            self._fallback_used, self._fallback_made = False, _now()

    def _set_back(self) -> NoSession:
        """Note for good that our keys are an old copy: others are known under their numbers."""
        log.error("keys.set_back", device_id=self._machine.device_id)
        self._machine.note({SPOILT: "yes"})
        return NoSession("keys-old", _SET_BACK)

    def _one_time_keys(self, wanted: int) -> dict[str, Any]:
        """Give that many signed keys, those of an upload that failed among them."""
        account = self._machine.account
        unsent = len(account.one_time_keys["curve25519"])
        account.generate_one_time_keys(max(0, wanted - unsent))
        keys = account.one_time_keys["curve25519"].items()
        return {f"{KIND}:{key_id}": self._machine.signed({"key": key}) for key_id, key in keys}

    def _fallback_key(self) -> dict[str, Any]:
        """Give the key others use when the one-time keys have run out."""
        account = self._machine.account._account  # noqa: SLF001 - nio hides what it does not use
        if not account.fallback_key:
            account.generate_fallback_key()
        return {
            f"{KIND}:{key_id}": self._machine.signed({"key": key.to_base64(), "fallback": True})
            for key_id, key in account.fallback_key.items()
        }


_SET_BACK = (
    "The encryption keys in state_dir are an old copy: the homeserver has other keys under their "
    "numbers. What is written with used keys cannot be read."
)


async def _nothing() -> None:
    """Let it pass."""
