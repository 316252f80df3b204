"""Which of their devices a person vouches for: cross-signing, as a server tells it and as we check.

A master key signs the self-signing key, and that one the devices. What a server puts together
wrongly (another's key, a key for another use, a signature that does not hold) is no identity.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
import vodozemac

from bot.matrix.machine import REJECTS

log = structlog.get_logger()

Verifies = Callable[[dict[str, Any], str, str, str], bool]
"""Tells whether an object is signed by that key of that user, under that key id."""


@dataclass(frozen=True)
class Identity:
    """A person's master key, unpadded base64, and the Ed25519 key of each device signed for it."""

    master: str
    devices: Mapping[str, str] = field(default_factory=dict)

    def signed(self, device: str, key: str) -> bool:
        """Tell whether that device with that key is theirs by their own signature."""
        return self.devices.get(device) == key


def identity_of(user_id: str, answer: Mapping[str, Any], verifies: Verifies) -> Identity | None:
    """Read a user's identity out of a /keys/query answer; None where there is none that holds."""
    master = _key(user_id, _of(answer, "master_keys", user_id), "master")
    if master is None:
        return None
    told = _of(answer, "self_signing_keys", user_id)
    signer = _key(user_id, told, "self_signing")
    if signer is None or not _signed(told, master, user_id, verifies):
        return Identity(master)
    devices = _of(answer, "device_keys", user_id)
    found = {
        device_id: key
        for device_id, device in devices.items()
        if (key := _device_key(user_id, device_id, device))
        and _signed(device, signer, user_id, verifies)
    }
    return Identity(master, found)


def _key(user_id: str, told: Mapping[str, Any], usage: str) -> str | None:
    """Read the one public key of a cross-signing key for that use; None if it is not such a one."""
    try:
        ((key_id, key),) = told["keys"].items()
        vodozemac.Ed25519PublicKey.from_base64(key)
        fits = key_id == f"ed25519:{key}" and usage in told["usage"]
    except REJECTS:
        if told:
            log.warning("identity.rejected", user_id=user_id, usage=usage)
        return None
    return str(key) if fits and told.get("user_id") == user_id else None


def _device_key(user_id: str, device_id: str, device: object) -> str | None:
    """Read a device's Ed25519 key, if the device is theirs and has the id it is listed under."""
    told = device if isinstance(device, Mapping) else {}
    keys = told.get("keys")
    key = keys.get(f"ed25519:{device_id}") if isinstance(keys, Mapping) else None
    theirs = (told.get("user_id"), told.get("device_id")) == (user_id, device_id)
    return key if theirs and isinstance(key, str) else None


def _signed(told: Mapping[str, Any], key: str, user_id: str, verifies: Verifies) -> bool:
    """Tell whether it is signed; what is unsigned is never covered."""
    return verifies({it: told[it] for it in told if it != "unsigned"}, key, user_id, key)


def _of(answer: Mapping[str, Any], part: str, user_id: str) -> Mapping[str, Any]:
    """Take what an answer says of one user, if it is an object in an object."""
    told = answer.get(part)
    found = told.get(user_id) if isinstance(told, Mapping) else None
    return found if isinstance(found, Mapping) else {}
