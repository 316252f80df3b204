"""A bot's account, its folder and an operator who types there."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.account import Account as Opened
from bot.account import open_account, open_memory
from bot.matrix.vault import Vault
from bot.matrix.wire import Wire, quote
from bot.rehearsal.homeserver import Account, Homeserver
from config.settings import Settings, load_settings
from tests.cli.conftest import Operator, Screen

CLIENT = "/_matrix/client/v3"
PASSWORD = "ett hemligt ord"
HOUSE = Path(__file__).parents[2]


def settings_file(folder: Path, homeserver: Homeserver, bot: Account) -> Path:
    """Write settings as an operator would, with the password in a file of its own.

    The region has a code of its own: on one homeserver no two bots ask for the same aliases.
    """
    law = (HOUSE / "tests/config/minimal.yaml").read_text()
    own = f"code: mini{secrets.token_hex(4)}\n"
    (folder / "region.yaml").write_text(law.replace("code: mini\n", own, 1))
    (folder / "password").write_text(bot.password)
    file = folder / "samverkan.yaml"
    file.write_text(
        f"homeserver: {homeserver.url}\n"
        f'user_id: "{bot.user_id}"\n'
        "password_file: password\n"
        "region: region.yaml\n"
        "encrypted: true\n"
    )
    return file


@dataclass
class Bot:
    """An account of the bot's, its folder, and an operator who types there."""

    account: Account
    folder: Path
    file: Path
    homeserver: Homeserver

    @property
    def settings(self) -> Settings:
        return load_settings(self.file)

    @property
    def vault(self) -> Vault:
        return Vault(self.account.user_id, self.folder / "data/vault.json")

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Opened]:
        settings = self.settings
        async with open_memory(settings) as store, open_account(settings, store) as opened:
            yield opened

    async def starts(self) -> str:
        """Bring the account in order as a start does; give the device."""
        async with self.opened() as opened:
            await opened.identity.settle()
            return opened.session.device_id

    async def types(self, *words: str, **around: str) -> Screen:
        """Type a command; nothing seen may hold the password or a secret of the vault's."""
        held = self.vault.load()
        secret = (PASSWORD, *(held.seeds().values() if held else ()))
        operator = Operator(self.folder, environment=around, secrets=secret)
        return await asyncio.to_thread(operator.types, *words, "--settings", str(self.file))

    async def seen(self) -> dict[str, Any]:
        """Give what everybody sees of the account."""
        wire = Wire(self.homeserver.url, self.account.access_token)
        me = self.account.user_id
        query: dict[str, Any] = {"device_keys": {me: []}}
        answer = await wire.call("POST", f"{CLIENT}/keys/query", query)
        await wire.close()
        return {kind: them.get(me) for kind, them in answer.items() if kind != "failures"}

    async def data(self, kind: str) -> dict[str, Any]:
        """Give account data."""
        wire = Wire(self.homeserver.url, self.account.access_token)
        path = f"{CLIENT}/user/{quote(self.account.user_id)}/account_data/{kind}"
        try:
            return await wire.call("GET", path)
        finally:
            await wire.close()
