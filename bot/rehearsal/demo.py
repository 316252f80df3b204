"""The demonstration: an ordinary week with one call at night, told as it happens."""

from __future__ import annotations

import asyncio
import signal
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

import config
from bot.domain.model import CarryBack, Meeting, MeetingState
from bot.rehearsal.backstage import StageFailed
from bot.rehearsal.homeserver import DidNotStart
from bot.rehearsal.play import FAILED, HELD, Wishes, hush, memory, perform, write
from bot.rehearsal.playhouse import Playhouse, open_playhouse
from bot.rehearsal.reading import read_script
from bot.rehearsal.telling import Telling
from bot.store import carrybacks, meetings
from bot.store.engine import Store

SCENARIO = Path(config.__file__).parent / "example" / "scenarios" / "ordinary-week.yaml"
PAGE = Path("demo.html")
SHOWN = 3  # people whose names and passwords are printed for a try


def demo(console: Console, errors: Console, *, keep: bool = False) -> int:
    """Play the example; give 0 if all held. `keep` goes on until Ctrl-C."""
    hush()
    try:
        return asyncio.run(_demo(console, keep=keep))
    except (DidNotStart, StageFailed) as error:
        errors.print(f"The demonstration broke off: {error}", markup=False, highlight=False)
        return FAILED
    except KeyboardInterrupt:
        return HELD


async def _demo(console: Console, *, keep: bool) -> int:
    telling = Telling(console)
    script = read_script(SCENARIO)
    with tempfile.TemporaryDirectory(prefix="samverkan-demo-", dir=memory()) as folder:
        async with open_playhouse(script, telling, Path(folder)) as house:
            account = await perform(house, telling)
            write(account, Wishes(transcript=PAGE))
            console.print()
            telling.ends(account.passed, account.failed)
            console.print(await reached_home(house), soft_wrap=False)
            _what_next(console, house, keep=keep)
            if keep:
                await house.scene.stage.live(house.scene.now)
                await _until_told()
            return FAILED if account.failed else HELD


async def _until_told() -> None:
    """Wait for Ctrl-C, or for whoever started us to end us."""
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    await told.wait()


async def reached_home(house: Playhouse) -> Table:
    """Tabulate, from the bot's own history, what has reached home from each meeting."""
    store = await Store.open(house.settings.database_url)
    try:
        async with store.read() as session:
            rows = [
                (meeting, await carrybacks.of_meeting(session, meeting.id))
                for forum in house.scene.script.region.forums
                for meeting in await meetings.in_state(session, forum, MeetingState.PUBLISHED)
            ]
    finally:
        await store.close()
    return _table(house, sorted(rows, key=lambda row: row[0].id))


def _table(house: Playhouse, rows: Sequence[tuple[Meeting, Sequence[CarryBack]]]) -> Table:
    region = house.scene.script.region
    table = Table(title="What has reached home", title_justify="left")
    table.add_column("Meeting", no_wrap=True)
    for name in ("Forum", "Received", "Carried", "Confirmed", "Not home"):
        table.add_column(name)
    for meeting, them in rows:
        own = [row for row in them if row.own_part]
        missing = [region.organisations[row.organisation].name for row in them if not _home(row)]
        if them:
            table.add_row(
                meeting.id,
                meeting.forum,
                f"{sum(row.received_at is not None for row in them)} of {len(them)}",
                f"{sum(row.carried_at is not None for row in own)} of {len(own)}",
                f"{sum(row.confirmed_at is not None for row in own)} of {len(own)}",
                ", ".join(missing) or "-",
            )
    return table


def _home(row: CarryBack) -> bool:
    """Tell whether it is home: confirmed there, or read by who has nothing to hand on."""
    return row.confirmed_at is not None or (not row.own_part and row.received_at is not None)


def _what_next(console: Console, house: Playhouse, *, keep: bool) -> None:
    """Say where the whole play lies, and what to type."""
    console.print(f"The whole play, to read like a chat: {PAGE.resolve()}", markup=False)
    if not keep:
        console.print("Next: make demo KEEP=1 (and log in yourself), or make test", markup=False)
        return
    server = house.scene.company.in_order()[0].server
    console.print(f"Homeserver: {server.url}  (any Matrix client; end with Ctrl-C)", markup=False)
    named = house.scene.script.people.values()
    for role in list(named)[:SHOWN]:
        person = house.scene.company.people[role]
        console.print(f"  {person.mxid}  password {person.account.password}", markup=False)
