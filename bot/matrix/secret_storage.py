"""Secret storage in the account's data: who has the recovery key can be this account, too.

An operator's ordinary client verifies itself with it, and shows the bot as it shows people.
Algorithm m.secret_storage.v1.aes-hmac-sha2 of the specification's module Secrets.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Any

import structlog
from Crypto.Cipher import AES
from Crypto.Hash import SHA256
from Crypto.Protocol.KDF import HKDF

from bot.matrix.account_data import AccountData
from bot.matrix.signing import bytes_of, unpadded
from bot.matrix.vault import KEYS, Secrets, secrets_of
from bot.matrix.wire import Wire

log = structlog.get_logger()

ALGORITHM = "m.secret_storage.v1.aes-hmac-sha2"
DEFAULT = "m.secret_storage.default_key"
DESCRIBED = "m.secret_storage.key."
SECRET = "m.cross_signing."  # noqa: S105 - the name of a secret
IV_BYTES = 16
NO_SECRET = bytes(32)  # what is sealed to prove that a key is the right one

Sealed = dict[str, str]


class WrongKey(Exception):  # noqa: N818 - says what it is
    """That recovery key does not open this account's secrets."""


def key_id(recovery: bytes) -> str:
    """Name a recovery key without telling it."""
    return hashlib.sha256(b"samverkan recovery key" + recovery).hexdigest()[:32]


def seal(recovery: bytes, name: str, secret: bytes) -> Sealed:
    """Encrypt a secret under the recovery key and the secret's name."""
    iv = bytearray(secrets.token_bytes(IV_BYTES))
    iv[8] &= 0x7F  # bit 63 stays clear, for those whose counters are signed
    return _sealed(recovery, name, bytes(iv), secret)


def unseal(recovery: bytes, name: str, sealed: Mapping[str, Any]) -> bytes:
    """Decrypt a secret. Raise WrongKey when it is not of that key, that name, or not whole."""
    try:
        iv, text, mac = (bytes_of(sealed[part]) for part in ("iv", "ciphertext", "mac"))
        cipher, mac_key = _keys(recovery, name, iv)
    except (ValueError, LookupError, TypeError) as error:
        raise WrongKey from error
    if not hmac.compare_digest(mac, hmac.digest(mac_key, text, "sha256")):
        raise WrongKey
    return bytes(cipher.decrypt(text))


def description(recovery: bytes) -> dict[str, str]:
    """Describe a recovery key, so that a client can tell whether somebody typed the right one."""
    iv = bytearray(secrets.token_bytes(IV_BYTES))
    iv[8] &= 0x7F
    proof = _sealed(recovery, "", bytes(iv), NO_SECRET)
    return {"algorithm": ALGORITHM, "iv": proof["iv"], "mac": proof["mac"]}


class SecretStorage:
    """One account's data on the server, as far as it holds secrets."""

    def __init__(self, wire: Wire, user_id: str) -> None:
        """Name the account that the wire speaks for."""
        self._data = AccountData(wire, user_id)
        self._user_id = user_id

    async def keep(self, held: Secrets) -> None:
        """See that the secrets are there under the recovery key; a person's own key is left."""
        key = key_id(held.recovery)
        default = (await self._data.get(DEFAULT)).get("key")
        if default not in {None, key}:
            log.warning("secret_storage.not_ours", key=str(default))
            return
        if default is None:
            await self._data.put(DESCRIBED + key, description(held.recovery))
        for name, seed in held.seeds().items():
            await self._keep(SECRET + name, seed, held.recovery)
        if default is None:
            await self._data.put(DEFAULT, {"key": key})  # last: it says that all the rest is there

    async def replace(self, held: Secrets) -> None:
        """Put these secrets in place of all that is there, under their recovery key."""
        key = key_id(held.recovery)
        await self._data.put(DESCRIBED + key, description(held.recovery))
        for name, seed in held.seeds().items():
            sealed = seal(held.recovery, SECRET + name, seed.encode())
            await self._data.put(SECRET + name, {"encrypted": {key: sealed}})
        await self._data.put(DEFAULT, {"key": key})

    async def recover(self, recovery: bytes) -> Secrets:
        """Open the secrets with a recovery key, whoever made it. Raise WrongKey."""
        default = (await self._data.get(DEFAULT)).get("key")
        seeds = {}
        for name in KEYS:
            encrypted = (await self._data.get(SECRET + name)).get("encrypted")
            sealed = encrypted.get(default) if isinstance(encrypted, Mapping) else None
            if not isinstance(sealed, Mapping):
                raise WrongKey
            seeds[name] = unseal(recovery, SECRET + name, sealed).decode(errors="replace")
        try:
            return secrets_of(self._user_id, seeds, recovery)
        except (ValueError, LookupError, TypeError):
            raise WrongKey from None  # which would quote a seed

    async def _keep(self, name: str, seed: str, recovery: bytes) -> None:
        there = (await self._data.get(name)).get("encrypted")
        encrypted = dict(there) if isinstance(there, Mapping) else {}
        key = key_id(recovery)
        try:
            if unseal(recovery, name, encrypted.get(key) or {}) == seed.encode():
                return
        except WrongKey:
            pass
        sealed = seal(recovery, name, seed.encode())
        await self._data.put(name, {"encrypted": encrypted | {key: sealed}})


def _keys(recovery: bytes, name: str, iv: bytes) -> tuple[Any, bytes]:
    """Derive the cipher and the key of its seal, for a secret of that name."""
    both = HKDF(recovery, 64, bytes(32), SHA256, 1, context=name.encode())
    cipher = AES.new(both[:32], AES.MODE_CTR, nonce=b"", initial_value=iv)
    return cipher, both[32:]


def _sealed(recovery: bytes, name: str, iv: bytes, secret: bytes) -> Sealed:
    cipher, mac_key = _keys(recovery, name, iv)
    text = cipher.encrypt(secret)
    mac = hmac.digest(mac_key, text, "sha256")
    return {"iv": unpadded(iv), "ciphertext": unpadded(text), "mac": unpadded(mac)}
