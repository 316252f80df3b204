"""How a failure is told: what failed, why, and what to type next. What is no failure is a defect.

A defect shows with its traceback. Neither ever holds a password or a token: those are in
SecretStr, in the session's file and in a header, and no exception of ours is given them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.console import Console

from bot.matrix.room_reader import ForeignRoom
from bot.matrix.session import NoSession, Reason
from bot.matrix.wire import LoggedOut, MatrixRefusal, Unreachable
from bot.store.faults import database_fault
from bot.store.lock import AlreadyActing
from bot.store.migrations import DatabaseNewer
from bot.text.faults import WordsError
from config.problem import FileWrong

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

Failure = tuple[str, str]
"""What failed and why, and what to type next."""

RENEW = "SAMVERKAN_PASSWORD_FILE=FILE samverkan renew-device"
"""What brings the bot back when its device is of no use any more."""

NEXT: dict[Reason, str] = {
    "no-password": "give it once: SAMVERKAN_PASSWORD_FILE=FILE samverkan run",
    "wrong-password": "mend password_file in the settings, then: samverkan run",
    "token-revoked": f"{RENEW}  (it will be a new device)",
    "token-expired": "SAMVERKAN_PASSWORD_FILE=FILE samverkan run  (it stays the same device)",
    "deactivated": f"let an administrator of the homeserver open the account again, then: {RENEW}",
    "locked": "let an administrator of the homeserver unlock the account, then: samverkan run",
    "unreachable": "see that `homeserver` in the settings is right and runs, then: samverkan plan",
    "wrong-device": RENEW,
    "wrong-user": "mend `user_id` in the settings, then: samverkan check",
    "wrong-key": "put the pickle_key_file back that the keys were kept under, then: samverkan run",
    "refused": "see the homeserver's log, then: samverkan plan",
    "vault-missing": (
        "put vault.json back in STATE_DIR, or: samverkan identity recover. "
        "Only if the recovery key is lost, too: samverkan identity new"
    ),
    "identity-changed": (
        "put the right vault back, or: samverkan identity recover. "
        "Only if that is lost, or was not you: samverkan identity new"
    ),
    "identity-other": "find the newer recovery key. Only if it is lost: samverkan identity new",
    "keys-lost": RENEW,
    "keys-old": f"never use that copy again; {RENEW}",
    "server-old": RENEW,
    "device-superseded": "leave the bot to the machine it runs on now; to have it here again: "
    + RENEW,
    "password-needed": "type SAMVERKAN_PASSWORD_FILE=FILE in front of the command, once",
    "vault-open": "chmod 600 that file, then: samverkan run",
    "vault-unreadable": "put the vault back from a copy, or: samverkan identity recover",
    "vault-foreign": "mend `user_id` or `vault_file` in the settings, then: samverkan check",
    "vault-fixed": "unset SAMVERKAN_VAULT, type this again, and set it to what vault_file has then",
    "unreadable": "put session.json back from a backup, or remove it and give the password",
}


REFUSED, SHUT_OUT = 1, 3
"""Exits: 3 where starting again is no use, since the homeserver has done with the bot's token."""


def fail(why: str, then: str, code: int = REFUSED) -> typer.Exit:
    """Say what failed, why, and what to type next; gives the exit to raise."""
    err.print(why, markup=False)
    err.print(f"Next: {then}", markup=False)
    return typer.Exit(code)


@contextmanager
def told(state_dir: Path | None = None) -> Iterator[None]:
    """Turn what the house may raise into words and an exit; anything else is a defect, and shown.

    `state_dir` is named in the words, where the settings are known.
    """
    try:
        yield
    except Exception as error:
        leaves = _leaves(error)
        failures = [failure_of(leaf) for leaf in leaves]
        if not all(failures):
            raise
        why, then = failures[0] or ("", "")
        code = SHUT_OUT if any(map(_is_shut_out, leaves)) else REFUSED
        raise fail(why, then.replace("STATE_DIR", str(state_dir or "state_dir")), code) from None


def failure_of(error: BaseException) -> Failure | None:
    """Say what failed, why, and what to do about it; None for a defect."""
    if isinstance(error, FileWrong):
        return f"{error}\nNothing has been done.", "mend the file, then: samverkan check"
    if isinstance(error, WordsError):
        return str(error), "samverkan check"
    return _of_homeserver(error) or _of_machine(error)


def _of_homeserver(error: BaseException) -> Failure | None:
    """Say why the homeserver will not have us, or not just now."""
    if isinstance(error, NoSession):
        return f"Cannot log in: {error}", NEXT[error.reason]
    if isinstance(error, ForeignRoom):
        return str(error), "have its maker give the alias up, then: samverkan plan"
    if isinstance(error, LoggedOut):
        return f"The homeserver has logged the bot out ({error}). It has stopped.", _in_again(error)
    if isinstance(error, MatrixRefusal | Unreachable):
        why = f"The homeserver will not: {error}"
        return why, "see that it runs and the bot's account is in order, then: samverkan run"
    return None


def _in_again(error: LoggedOut) -> str:
    """Say how the bot is let in again."""
    if error.errcode == "M_USER_DEACTIVATED":
        return NEXT["deactivated"]
    return NEXT["token-expired" if error.soft else "token-revoked"]


def _is_shut_out(error: BaseException) -> bool:
    if isinstance(error, NoSession):
        return error.reason in {"token-revoked", "deactivated"}
    return isinstance(error, LoggedOut) and not error.soft


def _of_machine(error: BaseException) -> Failure | None:
    """Say what failed in the database or on the disk; None for a defect."""
    if isinstance(error, AlreadyActing):
        return str(error), "stop the other process, then type this again"
    if isinstance(error, DatabaseNewer):
        return str(error), "install that version, then: samverkan run"
    if why := database_fault(error):
        then = "see that `database_url` is right and the database runs, then: samverkan migrate"
        return f"The database cannot be used: {why}", then
    if isinstance(error, OSError) and error.strerror:
        what = f"{error.filename}: {error.strerror}" if error.filename else error.strerror
        return f"The machine will not: {what}", "mend that, then type this again"
    return None


def _leaves(error: BaseException) -> list[BaseException]:
    if not isinstance(error, BaseExceptionGroup):
        return [error]
    return [leaf for each in error.exceptions for leaf in _leaves(each)]
