"""How fast a play is: three simulated days of 31 organisations, on a homeserver of its own."""

from __future__ import annotations

import dataclasses
import io
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import pytest
from rich.console import Console

from bot.rehearsal.play import hush, memory, perform
from bot.rehearsal.playhouse import open_playhouse
from bot.rehearsal.reading import read_script
from bot.rehearsal.script import Script
from bot.rehearsal.telling import Telling
from tests.benchmarks.lab import Figure, show

SCENARIO = Path(__file__).parent / "three-days.yaml"
AIMS = {True: 240, False: 120}  # seconds, encrypted and not


@dataclasses.dataclass(frozen=True)
class Took:
    """Seconds by the clock: until everybody is in their rooms, and for the three days."""

    gathering: float
    playing: float


@pytest.mark.timeout(1200)
async def test_three_days_of_everybody() -> None:
    hush()
    script = read_script(SCENARIO)
    assert script.steps[-1].at - script.start == timedelta(days=3)
    assert len(script.region.organisations) == 31

    took = {encrypted: await play(script, encrypted=encrypted) for encrypted in AIMS}

    show("Three simulated days, 31 organisations", figures(took))


async def play(script: Script, *, encrypted: bool) -> Took:
    """Play it; everything expected must hold."""
    played = dataclasses.replace(script, encrypted=encrypted)
    said = io.StringIO()
    telling = Telling(Console(file=said, width=200), quiet=True)
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="samverkan-bench-", dir=memory()) as folder:
        async with open_playhouse(played, telling, Path(folder)) as house:
            gathered = time.perf_counter()
            account = await perform(house, telling)
            ended = time.perf_counter()
    assert not account.failed, said.getvalue()
    return Took(gathered - began, ended - gathered)


def figures(took: dict[bool, Took]) -> list[Figure]:
    """Tell what it took, beside what is aimed at."""
    lines = []
    for encrypted, aim in AIMS.items():
        each = took[encrypted]
        name = "encrypted" if encrypted else "unencrypted"
        ours = each.gathering + each.playing
        lines.append(Figure(f"{name}, all, s", f"{ours:.0f}", "", None, f"≤ {aim}"))
        lines.append(
            Figure("  until all are in their rooms, s", f"{each.gathering:.0f}", "", None, "")
        )
    return lines
