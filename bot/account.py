"""The bot's account on its homeserver: session, line, keys and vault, opened together."""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.matrix.account_data import AccountData
from bot.matrix.keyring import Keyring
from bot.matrix.own_identity import OwnIdentity
from bot.matrix.renewal import forget_keys, leave_others, new_device
from bot.matrix.session import Session, open_session
from bot.matrix.vault import Vault
from bot.matrix.watermark import Watermark
from bot.matrix.wire import Wire
from bot.store.engine import Store
from bot.store.lock import acting
from bot.store.migrations import migrate
from config.settings import Settings

KEYS = "keys"  # the folder of encryption keys, in state_dir


@dataclass(frozen=True)
class Account:
    """One account on one device, ready to speak; nothing is published yet."""

    session: Session
    wire: Wire
    keyring: Keyring
    identity: OwnIdentity


@asynccontextmanager
async def open_memory(settings: Settings) -> AsyncIterator[Store]:
    """Open the history, alone acting on it. Raise what the database has to say against it."""
    settings.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    async with acting(settings.database_url):
        await migrate(settings.database_url)
        store = await Store.open(settings.database_url)
        try:
            yield store
        finally:
            await store.close()


@asynccontextmanager
async def open_account(settings: Settings, store: Store) -> AsyncIterator[Account]:
    """Open the kept session, or log in, with the keys of that device. Raise NoSession."""
    password = password_of(settings)
    session = await open_session(
        settings.homeserver, settings.user_id, settings.state_dir, password
    )
    async with AsyncExitStack() as closing:
        wire = Wire(session.homeserver, session.access_token)
        closing.push_async_callback(wire.close)
        keyring = open_keyring(settings, session)
        closing.callback(keyring.close)
        data = AccountData(wire, session.user_id)
        watermark = Watermark(keyring.machine, data, store)
        identity = OwnIdentity(wire, keyring, vault_of(settings), watermark, password)
        yield Account(session, wire, keyring, identity)


async def renew_device(settings: Settings) -> list[str]:
    """Go on as a new device, and leave the old ones, which it gives. Raise NoSession.

    Killed anywhere, the same again does what is left.
    """
    password = password_of(settings)
    async with open_memory(settings) as store:
        vault, folder = vault_of(settings), settings.state_dir
        session = await new_device(settings.homeserver, vault, folder, password)
        async with open_account(settings, store) as account:
            await account.identity.settle()
            left = await leave_others(account.wire, session, password)
        forget_keys(folder / KEYS, session)
    return left


def open_keyring(settings: Settings, session: Session) -> Keyring:
    """Open the keys of the session's device, or make them. Raise NoSession."""
    key = pickle_key(settings.pickle_key_file)
    return Keyring(session.user_id, session.device_id, settings.state_dir / KEYS, key)


def password_of(settings: Settings) -> str | None:
    """Give the password, if there is one just now."""
    secret = settings.read_password()
    return secret.get_secret_value() if secret else None


def vault_of(settings: Settings) -> Vault:
    """Say where the secrets of the bot's identity lie."""
    given = settings.vault.get_secret_value() if settings.vault else None
    return Vault(settings.user_id, settings.vault_file, given)


def pickle_key(file: Path) -> str:
    """Read the key that locks the crypto store; make it at the first start, for our eyes only."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as new:
            new.write(secrets.token_urlsafe(32))
    return file.read_text().strip()
