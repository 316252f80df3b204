"""What a homeserver knows of the bot's own account, and how that is brought in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from bot.matrix.asked_again import post_with_password
from bot.matrix.claims import mapping
from bot.matrix.signing import Identity, Json
from bot.matrix.wire import Wire

log = structlog.get_logger()

UPLOAD = "/_matrix/client/v3/keys/device_signing/upload"


@dataclass(frozen=True)
class Seen:
    """An account and one device of it, as the homeserver shows them to everybody."""

    master: str | None
    """The public master key; None when the account has no identity."""
    device: Mapping[str, Any] | None
    """The device's keys; None when it has published none."""

    def shows(self, device: Mapping[str, Any]) -> bool:
        """Tell whether the device has these keys there; another's shall not be signed."""
        ours = ("user_id", "device_id", "keys")
        return self.device is not None and all(self.device.get(it) == device[it] for it in ours)


async def look(wire: Wire, user_id: str, device_id: str) -> Seen:
    """Ask the homeserver what it shows of the account and the device."""
    body: Json = {"device_keys": {user_id: []}}
    answer = await wire.call("POST", "/_matrix/client/v3/keys/query", body)
    master = mapping(mapping(answer.get("master_keys")).get(user_id)).get("keys")
    public = [it for it in mapping(master).values() if isinstance(it, str)]
    devices = mapping(mapping(answer.get("device_keys")).get(user_id))
    device = devices.get(device_id)
    return Seen(public[0] if public else None, device if isinstance(device, Mapping) else None)


async def publish(
    wire: Wire,
    identity: Identity,
    device_id: str,
    sign_with_device: Callable[[Json], str],
    password: str | None,
) -> None:
    """Publish an identity. The first needs no more than the token; another, the password.

    Raise NoSession when the homeserver wants a password and there is none, or another one.
    """
    body = identity.published(device_id, sign_with_device)
    await post_with_password(wire, UPLOAD, body, identity.user_id, password)
    log.info("identity.published", master=identity.master.public)


async def sign_device(wire: Wire, identity: Identity, device: Mapping[str, Any]) -> bool:
    """Sign the device as the server shows it; False when it takes no such signature."""
    signed = identity.signed(device)
    body = {identity.user_id: {device["device_id"]: signed}}
    answer = await wire.call("POST", "/_matrix/client/v3/keys/signatures/upload", body)
    failures = mapping(mapping(answer.get("failures")).get(identity.user_id))
    if failures:  # with status 200
        why = [mapping(it).get("errcode") for it in failures.values()]
        log.error("device.unsigned", device_id=device["device_id"], why=why)
        return False
    log.info("device.signed", device_id=device["device_id"])
    return True
