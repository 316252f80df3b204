"""The bot's vault: the secrets of its identity, in a file of their own or in the environment.

Never in the database, never in a log. They are kept here before the world sees their public
halves, so that no crash leaves the account with an identity that nobody has.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.matrix.session import NoSession
from bot.matrix.signing import SEED, Identity, SigningKey, bytes_of, unpadded

KEYS = ("master", "self_signing", "user_signing")
OTHERS = 0o077  # what a mode may not allow: anybody but the owner


@dataclass(frozen=True)
class Secrets:
    """What the vault holds: the identity, and the secret behind the recovery key."""

    identity: Identity
    recovery: bytes

    @classmethod
    def new(cls, user_id: str) -> Secrets:
        """Make some that nobody has seen."""
        return cls(Identity.new(user_id), secrets.token_bytes(SEED))

    def __repr__(self) -> str:
        """Show whose they are and never what they are."""
        return f"Secrets({self.identity.user_id!r})"

    def seeds(self) -> dict[str, str]:
        """Give the three seeds by name, in unpadded base64."""
        return {name: unpadded(getattr(self.identity, name).seed) for name in KEYS}


class Vault:
    """Where the secrets lie: in the environment's value, if there is one, or else in the file."""

    def __init__(self, user_id: str, file: Path, given: str | None = None) -> None:
        """Name the account they must be of; `given` is what a file would hold."""
        self.user_id = user_id
        self.file = file
        self._given = given

    @property
    def place(self) -> str:
        """Say where it is, for a person."""
        return str(self.file) if self._given is None else "SAMVERKAN_VAULT"

    @property
    def fixed(self) -> bool:
        """Tell whether it cannot be written to."""
        return self._given is not None

    def load(self) -> Secrets | None:
        """Read the secrets; None when there are none. Raise NoSession when they are unusable."""
        if self._given is not None:
            return self._read(self._given)
        return self._load(self.file)

    def keep(self, held: Secrets) -> None:
        """Keep them instead of what there was, safely on the disk when this returns."""
        self.keep_next(held)
        self.turn()

    def keep_next(self, held: Secrets) -> None:
        """Keep them beside those in force, until it is known whether the server takes them."""
        if self.fixed:
            message = "The vault is in the environment, where nothing can be kept."
            raise NoSession("vault-fixed", message)
        self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._next.unlink(missing_ok=True)
        handle = os.open(self._next, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            json.dump(_written(held), file, indent=1)
            file.flush()
            os.fsync(file.fileno())

    def turn(self) -> None:
        """Let those kept beside be those in force."""
        self._next.replace(self.file)
        folder = os.open(self.file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def load_next(self) -> Secrets | None:
        """Read those kept beside, which a crash may have left there."""
        return None if self.fixed else self._load(self._next)

    @property
    def _next(self) -> Path:
        return self.file.with_name(f"{self.file.name}.next")

    def _load(self, file: Path) -> Secrets | None:
        if not file.exists():
            return None
        if file.stat().st_mode & OTHERS:
            message = f"Others than its owner may read {file}, and so be the bot."
            raise NoSession("vault-open", message)
        return self._read(file.read_text())

    def _read(self, text: str) -> Secrets:
        try:
            read = json.loads(text)
            held = secrets_of(str(read["user_id"]), read, bytes_of(read["recovery"]))
        except (ValueError, LookupError, TypeError):
            message = f"What is in {self.place} is no vault of ours, or half of one."
            raise NoSession("vault-unreadable", message) from None  # which would quote it
        if held.identity.user_id != self.user_id:
            whose = held.identity.user_id
            message = f"The vault in {self.place} is of {whose}, but the settings name "
            raise NoSession("vault-foreign", f"{message}{self.user_id}.")
        return held


def secrets_of(user_id: str, seeds: Mapping[str, Any], recovery: bytes) -> Secrets:
    """Put secrets together from their seeds by name. Raise ValueError, LookupError, TypeError."""
    if len(recovery) != SEED:
        raise ValueError("not a recovery key's secret")
    keys = [SigningKey(bytes_of(seeds[name])) for name in KEYS]
    return Secrets(Identity(user_id, *keys), recovery)


def _written(held: Secrets) -> dict[str, str]:
    recovery = unpadded(held.recovery)
    return {"user_id": held.identity.user_id, **held.seeds(), "recovery": recovery}
