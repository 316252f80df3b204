"""How a failure is told: what failed, why, and what to type next. What is no failure is a defect.

A defect shows with its traceback. Neither ever holds a password or a token: those are in
SecretStr, in the session's file and in a header, and no exception of ours is given them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console

from bot.matrix.room_reader import ForeignRoom
from bot.matrix.session import NoSession, Reason
from bot.matrix.wire import MatrixRefusal, Unreachable
from bot.store.faults import database_fault
from bot.store.lock import AlreadyActing
from bot.store.migrations import DatabaseNewer
from bot.text.faults import WordsError
from config.problem import FileWrong

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

Failure = tuple[str, str]
"""What failed and why, and what to type next."""

NEXT: dict[Reason, str] = {
    "no-password": "give it once: SAMVERKAN_PASSWORD_FILE=FILE samverkan run",
    "wrong-password": "mend password_file in the settings, then: samverkan run",
    "token-revoked": "remove session.json in state_dir and give the password: samverkan run",
    "unreachable": "see that `homeserver` in the settings is right and runs, then: samverkan plan",
    "wrong-device": "put the session.json and the keys that belong together back in state_dir",
    "wrong-user": "mend `user_id` in the settings, then: samverkan check",
    "wrong-key": "put the pickle_key_file back that the keys were kept under, then: samverkan run",
    "refused": "see the homeserver's log, then: samverkan plan",
    "unreadable": "put session.json back from a backup, or remove it and give the password",
}


def fail(why: str, then: str) -> typer.Exit:
    """Say what failed, why, and what to type next; gives the exit to raise."""
    err.print(why, markup=False)
    err.print(f"Next: {then}", markup=False)
    return typer.Exit(1)


@contextmanager
def told() -> Iterator[None]:
    """Turn what the house may raise into words and exit 1; anything else is a defect, and shown."""
    try:
        yield
    except Exception as error:
        failures = [failure_of(leaf) for leaf in _leaves(error)]
        if not all(failures):
            raise
        raise fail(*(failures[0] or ("", ""))) from None


def failure_of(error: BaseException) -> Failure | None:
    """Say what failed, why, and what to do about it; None for a defect."""
    if isinstance(error, FileWrong):
        return f"{error}\nNothing has been done.", "mend the file, then: samverkan check"
    if isinstance(error, WordsError):
        return str(error), "samverkan check"
    if isinstance(error, NoSession):
        return f"Cannot log in: {error}", NEXT[error.reason]
    if isinstance(error, ForeignRoom):
        return str(error), "have its maker give the alias up, then: samverkan plan"
    if isinstance(error, MatrixRefusal | Unreachable):
        why = f"The homeserver will not: {error}"
        return why, "see that it runs and the bot's account is in order, then: samverkan run"
    return _of_machine(error)


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
