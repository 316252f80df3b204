"""What the commands share: where the settings are, and how a failure is told."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console

from bot.matrix.session import NoSession
from bot.matrix.wire import MatrixRefusal, Unreachable
from bot.store.lock import AlreadyActing
from bot.store.migrations import DatabaseNewer
from bot.text.phrasebook import WordsError
from config.problem import FileWrong
from config.settings import Settings, load_settings

T = TypeVar("T")

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

SettingsFile = Annotated[
    Path | None,
    typer.Option("--settings", help="The settings file; samverkan.yaml here if left out."),
]

NEXT = {
    "no-password": "give it once: SAMVERKAN_PASSWORD_FILE=FILE samverkan run",
    "wrong-password": "mend password_file in the settings, then: samverkan run",
    "token-revoked": "remove session.json and keys/ in state_dir, give the password: samverkan run",
    "unreachable": "see that `homeserver` in the settings is right, then: samverkan check",
    "wrong-device": "put the session.json and the keys that belong together back in state_dir",
    "wrong-user": "mend `user_id` in the settings, then: samverkan check",
}


def fail(why: str, then: str | None = None) -> typer.Exit:
    """Say what failed, why, and what to type next; gives the exit to raise."""
    err.print(why, markup=False)
    if then:
        err.print(f"Next: {then}", markup=False)
    return typer.Exit(1)


@contextmanager
def told() -> Iterator[None]:
    """Turn what the house may raise into words and exit 1; anything else is a defect, and shown."""
    try:
        yield
    except* FileWrong as group:
        for wrong in _leaves(group):
            err.print(str(wrong), markup=False)
        raise fail("Nothing has been done.", "mend the file, then: samverkan check") from None
    except* NoSession as group:
        first = _leaves(group)[0]
        reason = first.reason if isinstance(first, NoSession) else ""
        raise fail(f"Cannot log in: {first}", NEXT.get(reason)) from None
    except* (AlreadyActing, DatabaseNewer, WordsError) as group:
        raise fail(str(_leaves(group)[0])) from None
    except* (MatrixRefusal, Unreachable) as group:
        why = f"The homeserver will not: {_leaves(group)[0]}"
        then = "see that it runs and the bot's account is in order; then try again"
        raise fail(why, then) from None


def _leaves(group: BaseExceptionGroup[Any]) -> list[BaseException]:
    found: list[BaseException] = []
    for each in group.exceptions:
        found += _leaves(each) if isinstance(each, BaseExceptionGroup) else [each]
    return found


def settings_from(path: Path | None) -> Settings:
    """Read the settings; exit 1 with everything that is wrong in them."""
    if path is not None and not path.is_file():
        raise fail(f"There is no settings file {path}.", "samverkan check --settings FILE")
    with told():
        return load_settings(path)
    raise AssertionError  # told() raises or the line above returns


def carry_out(work: Coroutine[Any, Any, T]) -> T:
    """Run something asynchronous to its end, its failures told."""
    with told():
        return asyncio.run(work)
    raise AssertionError  # told() raises or the line above returns
