"""People: who holds which function when, from a file; whose new identity is theirs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.calendars import read_
from bot.cli.common import SettingsFile, carry_out, settings_from
from bot.cli.told import err, fail, out, told
from bot.clock.wall import WallClock
from bot.domain.region import Held, Region
from bot.domain.roster import RosterProblem, RosterWrong, read_roster
from bot.store import identities, log
from bot.store.engine import Store
from bot.store.migrations import migrate
from bot.store.rosters import import_roster
from config.region import load_region
from config.settings import Settings

roster = typer.Typer(help="Who holds which function when.", no_args_is_help=True)


@roster.callback()
def _roster() -> None:
    """Who holds which function when."""


roster.command("read")(read_)


@roster.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV: function, rank, mxid, name, from, to")
    ],
    settings: SettingsFile = None,
) -> None:
    """Take in the holdings of a CSV file, whole or not at all; again, it changes nothing."""
    if not file.is_file():
        raise fail(f"There is no file {file}.", "samverkan roster import FILE")
    read = settings_from(settings)
    with told():
        region = load_region(read.region, WallClock().now().date())
    try:
        rows = read_roster(_text(file), region, file.name)
    except RosterWrong as wrong:
        for problem in wrong.problems:
            err.print(str(problem), markup=False)
        raise fail(
            "Nothing has been taken in.", f"mend it, then: samverkan roster import {file}"
        ) from None
    carry_out(_keep(read, region, rows))
    what = "1 holding" if len(rows) == 1 else f"{len(rows)} holdings"
    out.print(f"{what} taken in from {file.name}. Next: samverkan plan", markup=False)


def _text(file: Path) -> str:
    """Read the file. Raise RosterWrong where it is no UTF-8, as some spreadsheets write it."""
    with told():
        raw = file.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        message = 'the text is not UTF-8; expected a file saved as "CSV UTF-8"'
        raise RosterWrong([RosterProblem(file.name, line, message)]) from error


async def _keep(settings: Settings, region: Region, rows: tuple[Held, ...]) -> None:
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    await migrate(settings.database_url)
    store = await Store.open(settings.database_url)
    try:
        async with store.begin() as session:
            await import_roster(session, region, rows, WallClock().now())
    finally:
        await store.close()


def vouch(
    person: Annotated[str, typer.Argument(metavar="MXID", help="@name:server, as the bot says it")],
    settings: SettingsFile = None,
) -> None:
    """Vouch that a person's new identity is theirs, once you have asked them."""
    waiting = carry_out(_vouch(settings_from(settings), person))
    if waiting is not None:
        who = ", ".join(waiting) or "nobody"
        why = f"{person} has no new identity that waits for somebody to vouch; these have: {who}."
        raise fail(why, "samverkan vouch MXID")
    out.print(
        f"The new identity of {person} counts. A running bot hears what waited within the minute.",
        markup=False,
    )


async def _vouch(settings: Settings, mxid: str) -> list[str] | None:
    """Move the person's pin, with a line in the log; else give those for whom it can be done."""
    store = await Store.open(settings.database_url)
    try:
        async with store.begin() as session:
            pins = {pin.mxid: pin for pin in await identities.changed(session)}
            if mxid not in pins:
                return list(pins)
            pin, now = pins[mxid], WallClock().now()
            facts = {"from": pin.master, "to": pin.changed_to, "how": "console"}
            await identities.vouch(session, pin, None, "console", now)
            await log.append(
                session, "identity.vouched", mxid, happened_at=now, written_at=now, facts=facts
            )
    finally:
        await store.close()
    return None
