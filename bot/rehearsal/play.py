"""Play a scenario file from beginning to end: what `samverkan play` does."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import shutil
import sys
import tempfile
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import structlog
from rich.console import Console

from bot.rehearsal.account import Account
from bot.rehearsal.automaton import Automaton
from bot.rehearsal.backstage import StageFailed
from bot.rehearsal.homeserver import DidNotStart
from bot.rehearsal.player import Player
from bot.rehearsal.playhouse import Between, Playhouse, open_playhouse
from bot.rehearsal.reading import read_script
from bot.rehearsal.script import ScenarioFileWrong, Script
from bot.rehearsal.telling import Telling
from bot.rehearsal.transcript import write_transcript

HELD, FAILED, WRONG = 0, 1, 2
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder made below it is ours alone
ROOM_BYTES = 1024**3


@dataclass(frozen=True)
class Wishes:
    """What is wanted of a play besides playing it. `folder` None: one that goes away after."""

    json_file: Path | None = None
    transcript: Path | None = None
    quiet: bool = False
    folder: Path | None = None
    between: Between = nullcontext


def play(file: Path, wishes: Wishes, console: Console, errors: Console) -> int:
    """Play the file; give 0 if all held, 1 if not, 2 if the file is wrong."""
    hush()
    try:
        script = read_script(file)
    except ScenarioFileWrong as wrong:
        for problem in wrong.problems:
            errors.print(str(problem), markup=False, highlight=False, soft_wrap=True)
        errors.print("Nothing has been played.", markup=False)
        return WRONG
    try:
        return asyncio.run(_play(script, wishes, Telling(console, quiet=wishes.quiet)))
    except (DidNotStart, StageFailed) as error:
        errors.print(f"The play broke off: {error}", markup=False, highlight=False)
        return FAILED


async def _play(script: Script, wishes: Wishes, telling: Telling) -> int:
    with tempfile.TemporaryDirectory(prefix="samverkan-play-", dir=memory()) as temporary:
        folder = wishes.folder or Path(temporary)
        async with open_playhouse(script, telling, folder, wishes.between) as house:
            account = await perform(house, telling)
            write(account, wishes)
            telling.ends(account.passed, account.failed)
            return FAILED if account.failed else HELD


def hush() -> None:
    """Keep the log of the people's own clients from the terminal, but for what is broken."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def memory() -> Path | None:
    """Give a folder that is no disk, if there is one with room: a play is gone afterwards.

    The homeserver's hundreds of small commits take half the time of a play on a disk.
    """
    room = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free
    return MEMORY if room and room > ROOM_BYTES else None


async def perform(house: Playhouse, telling: Telling) -> Account:
    """Play what the house has been set for; give the account of it."""
    script = house.scene.script
    automaton = Automaton(
        script.automaton,
        script.region.language,
        lambda code: script.region.home_of(code).code,
        {role: name for name, role in script.people.items()},
    )
    with telling.playing():
        verdicts = await Player(house.scene, automaton, house.servers, telling).play()
    return Account(house.scene, verdicts, telling.happenings)


def write(account: Account, wishes: Wishes) -> None:
    """Write the files that are wished for."""
    if wishes.json_file is not None:
        text = json.dumps(account.data(), ensure_ascii=False, indent=1)
        wishes.json_file.write_text(text, encoding="utf-8")
    if wishes.transcript is not None:
        write_transcript(account.data(), wishes.transcript)
