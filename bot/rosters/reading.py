"""From a calendar's text to its shifts: read in another process, which is ended if it dawdles."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import bot
from bot.domain.shifts import CalendarWrong, Fault, Shift

SECONDS = 20.0
HOUSE = Path(bot.__file__).parents[1]


async def shifts_of(raw: bytes, since: datetime, until: datetime) -> list[Shift]:
    """List the shifts between two moments. Raise CalendarWrong."""
    found = json.loads(await _expanded(raw, since, until) or '{"why": "no_end"}')
    if isinstance(found, dict):
        raise CalendarWrong(Fault(**found))
    return [_shift(each) for each in found]


async def _expanded(raw: bytes, since: datetime, until: datetime) -> bytes:
    """Have it taken apart; nothing is given back when that takes too much."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.rosters.expand", since.isoformat(), until.isoformat()),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"PYTHONPATH": str(HOUSE), "PATH": os.environ.get("PATH", "")},
    )
    try:
        async with asyncio.timeout(SECONDS):
            written, _ = await child.communicate(raw)
    except TimeoutError:
        return b""
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    return written if child.returncode == 0 else b""


def _shift(read: dict[str, Any]) -> Shift:
    return Shift(
        title=read["title"],
        starts=_time(read["starts"]),
        ends=_time(read["ends"]),
        invited=tuple(map(tuple, read["invited"])),
        organizer=tuple(read["organizer"]),
    )


def _time(written: str) -> date | datetime:
    if "T" in written:
        return datetime.fromisoformat(written)
    return date.fromisoformat(written)
