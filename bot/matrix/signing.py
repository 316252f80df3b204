"""Keys that vouch for other keys: Ed25519 from a seed, and what three of them say of an account."""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from Crypto.PublicKey import ECC
from Crypto.Signature import eddsa

SEED = 32  # bytes
Json = dict[str, Any]


def unpadded(raw: bytes) -> str:
    """Write as base64 without padding, everywhere: others drop key ids that end with `=`."""
    return base64.b64encode(raw).decode().rstrip("=")


def bytes_of(written: str) -> bytes:
    """Read base64, padded or not. Raise ValueError on anything else."""
    try:
        return base64.b64decode(written + "=" * (-len(written) % 4), validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error


class SigningKey:
    """An Ed25519 key; vodozemac gives Python none that signs from a seed."""

    def __init__(self, seed: bytes) -> None:
        """Take 32 secret bytes. Raise ValueError on another number of them."""
        if len(seed) != SEED:
            raise ValueError(f"a seed has {SEED} bytes")
        self.seed = seed
        self._key = ECC.construct(curve="Ed25519", seed=seed)
        self.public = unpadded(self._key.public_key().export_key(format="raw"))

    def __repr__(self) -> str:
        """Show the public half and never the other."""
        return f"SigningKey({self.public!r})"

    @property
    def key_id(self) -> str:
        """Name the key as signatures name it."""
        return f"ed25519:{self.public}"

    def sign(self, value: Mapping[str, Any]) -> str:
        """Sign a JSON object, without what is unsigned in it. The same is signed the same."""
        bare = {key: value[key] for key in value if key not in {"signatures", "unsigned"}}
        canonical = json.dumps(bare, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return unpadded(eddsa.new(self._key, "rfc8032").sign(canonical.encode()))


@dataclass(frozen=True)
class Identity:
    """An account's cross-signing identity: who it is, whatever devices it has."""

    user_id: str
    master: SigningKey
    self_signing: SigningKey
    user_signing: SigningKey

    @classmethod
    def new(cls, user_id: str) -> Identity:
        """Make one that nobody has seen."""
        return cls(user_id, *(SigningKey(secrets.token_bytes(SEED)) for _ in range(3)))

    @property
    def fingerprint(self) -> str:
        """Give the master key in groups of four, as clients show it to be compared."""
        return " ".join(self.master.public[at : at + 4] for at in range(0, 43, 4))

    def published(self, device_id: str, sign_with_device: Callable[[Json], str]) -> Json:
        """Give the three public keys, each signed by who vouches for it, as they are uploaded."""
        master = self._key("master", self.master)
        by_device = {f"ed25519:{device_id}": sign_with_device(master)}
        return {
            "master_key": master | {"signatures": {self.user_id: by_device}},
            "self_signing_key": self._vouched("self_signing", self.self_signing),
            "user_signing_key": self._vouched("user_signing", self.user_signing),
        }

    def vouches_for(self, device: Mapping[str, Any]) -> bool:
        """Tell whether a device, as the server shows it, has this identity's signature."""
        by = device.get("signatures", {}).get(self.user_id, {})
        return bool(by.get(self.self_signing.key_id) == self.self_signing.sign(device))

    def signed(self, device: Mapping[str, Any]) -> Json:
        """Give a device's keys with this identity's signature alone, as they are uploaded."""
        bare = {key: device[key] for key in device if key not in {"signatures", "unsigned"}}
        by = {self.self_signing.key_id: self.self_signing.sign(bare)}
        return bare | {"signatures": {self.user_id: by}}

    def _key(self, usage: str, key: SigningKey) -> Json:
        return {"user_id": self.user_id, "usage": [usage], "keys": {key.key_id: key.public}}

    def _vouched(self, usage: str, key: SigningKey) -> Json:
        value = self._key(usage, key)
        by = {self.master.key_id: self.master.sign(value)}
        return value | {"signatures": {self.user_id: by}}
