"""`roster read`: try a calendar before the settings name it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common import SettingsFile, carry_out, settings_from
from bot.cli.told import fail, out, told
from bot.clock.wall import WallClock
from bot.domain.region import Held, Region
from bot.domain.shifts import CalendarWrong, Fault
from bot.rosters.calendars import Calendars
from bot.rosters.fetching import Source
from bot.store.engine import Store
from bot.store.migrations import migrate
from config.region import load_region
from config.settings import Settings

WHY = {
    "no_file": "there is no such file",
    "unreadable": "it may not be opened",
    "too_large": "it is larger than 2 MB",
    "too_many": "it has more events than a roster has",
    "no_end": "reading it took too long",
    "property": "a line is wrong or missing",
    "rule": "a rule is not daily, weekly, monthly or yearly, or counts too far",
    "year": "an event is in a year far away",
    "zone": "a time zone is not known",
    "no_length": "an event ends when it begins, or before",
    "rank": "a rank is not 1 or more",
    "nobody": "an event names nobody that a roster knows; write @name:server in it",
    "several": "an event can mean several; write @name:server in it",
}


def read_(
    file: Annotated[Path, typer.Argument(metavar="FILE.ics", help="a calendar")],
    function: Annotated[str, typer.Option("--function", help="whose it is: lst.TIB")],
    rank: Annotated[int, typer.Option(min=1, help="1 for the holder, 2 for a deputy")] = 1,
    settings: SettingsFile = None,
) -> None:
    """Try a calendar: who would hold the function when. Nothing is taken in."""
    read = settings_from(settings)
    with told():
        region = load_region(read.region, WallClock().now().date())
    if function not in region.functions:
        raise fail(f"The region has no function {function}.", "samverkan check")
    source = Source(function=function, rank=rank, file=file)
    try:
        rows = carry_out(_tried(read, region, source))
    except CalendarWrong as wrong:
        raise fail(_said(wrong.fault), "mend it, and try again") from None
    for row in sorted(rows, key=lambda row: (str(row.starts), row.rank)):
        times = (at.astimezone(region.timezone) for at in (row.starts, row.ends) if at)
        period = " to ".join(f"{at:%Y-%m-%d %H.%M}" for at in times)
        out.print(f"{period}  {row.rank}  {row.person} ({row.mxid})", markup=False)
    many = "1 shift" if len(rows) == 1 else f"{len(rows)} shifts"
    out.print(f"{many} from {file.name}. Next: name it under calendars, in the settings.")


async def _tried(settings: Settings, region: Region, source: Source) -> list[Held]:
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    await migrate(settings.database_url)
    store = await Store.open(settings.database_url)
    try:
        now = WallClock().now
        return await Calendars(store, region, [source], 60, now, lambda: None).shifts(source)
    finally:
        await store.close()


def _said(fault: Fault) -> str:
    why = WHY.get(fault.why, "it is no calendar")
    about = [f'"{each}"' for each in (fault.event, fault.detail) if each]
    return f"The calendar cannot be read: {', '.join([why, *about])}."
