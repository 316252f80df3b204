"""`identity`: who the bot is to others, and what an operator does when that is lost."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from bot.account import open_account, open_memory, vault_of
from bot.cli.common import SettingsFile, carry_out, settings_from
from bot.cli.told import err, fail, out, told
from bot.matrix import recovery_key
from bot.matrix.recovery_key import NotARecoveryKey
from bot.matrix.secret_storage import WrongKey
from bot.matrix.session import NoSession
from bot.matrix.signing import Identity
from bot.matrix.vault import Secrets
from config.settings import Settings

ASKED = "SAMVERKAN_RECOVERY_KEY"
MEANS = """\
A new identity is for when nobody has the old one any more, or somebody has it who shall not.
Everybody who ever wrote with the bot is warned that it has changed, and their clients may refuse
to write to it until they accept it. Who had verified it must do so again. Tell them before, by
another way than this bot, and tell them the new fingerprint."""

identity = typer.Typer(help="Who the bot is to others: its fingerprint, its recovery key.")

Sure = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@identity.callback(invoke_without_command=True)
def fingerprint(context: typer.Context, settings: SettingsFile = None) -> None:
    """Show the fingerprint, to be compared with what clients show. Changes nothing."""
    if context.invoked_subcommand is None:
        _show(_held(settings_from(settings)).identity)


@identity.command("recovery-key")
def recovery_key_(settings: SettingsFile = None) -> None:
    """Show the recovery key. Whoever has it can be the bot: keep it where passwords are kept."""
    typer.echo(recovery_key.written(_held(settings_from(settings)).recovery))


@identity.command()
def recover(settings: SettingsFile = None) -> None:
    """Fetch the vault's secrets back with the recovery key, asked for or from standard input."""
    read = settings_from(settings)
    try:
        found = carry_out(_recover(read, recovery_key.read(_typed())), read)
    except (NotARecoveryKey, WrongKey) as wrong:
        why = str(wrong) or "It does not open what is kept with this account."
        message = f"That is not the bot's recovery key. {why}"
        raise fail(message, "find it, then: samverkan identity recover") from None
    _show(found)
    out.print("The vault is as it was. Next: samverkan run", markup=False)


@identity.command()
def new(settings: SettingsFile = None, *, yes: Sure = False) -> None:
    """Give the bot another identity, with its password. Everybody it ever met is warned."""
    read = settings_from(settings)
    err.print(MEANS, markup=False)
    if not yes:
        typer.confirm("Shall the bot have a new identity?", abort=True, err=True)
    made = carry_out(_replace(read), read)
    _show(made)
    out.print("Next: samverkan identity recovery-key", markup=False)


def _show(who: Identity) -> None:
    out.print(f"{who.user_id}  {who.fingerprint}", markup=False)


def _held(settings: Settings) -> Secrets:
    """Read the vault; say what to do when there is none."""
    with told():
        vault = vault_of(settings)
        held = vault.load()
        if held is None:
            message = f"There is no vault in {vault.place} yet, or no more."
            raise NoSession("vault-missing", message)
        return held
    raise AssertionError  # told() raises or the line above returns


def _typed() -> str:
    """Take the recovery key from where no list of processes shows it."""
    if given := os.environ.get(ASKED):
        return given
    if sys.stdin.isatty():
        return str(typer.prompt("The bot's recovery key", hide_input=True, err=True))
    return sys.stdin.readline()


async def _recover(settings: Settings, recovery: bytes) -> Identity:
    async with open_memory(settings) as store, open_account(settings, store) as account:
        return await account.identity.recover(recovery)


async def _replace(settings: Settings) -> Identity:
    async with open_memory(settings) as store, open_account(settings, store) as account:
        return await account.identity.replace()
