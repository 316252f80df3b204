"""What an hour costs in which nobody says anything: requests, and the processor's seconds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.benchmarks.lab import (
    ME,
    PYTHON,
    Figure,
    Null,
    example_region,
    furnish,
    places,
    process,
    settings_file,
    show,
)

SPEED, HOURS = 60, 1.0
HOUSE = (*PYTHON, "tests.benchmarks.silent_house")


@pytest.mark.timeout(600)
async def test_an_hour_of_silence(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    database = f"sqlite:///{tmp_path}/state/samverkan.db"
    await furnish(database, example_region(), rooms=200, encrypted=True)
    async with Null.running(tmp_path) as null:
        await null.tell_of(places(example_region(), 200))
        file = settings_file(tmp_path, null.url, ME, "null", encrypted=True)
        words = (str(file), str(SPEED), str(HOURS))
        async with process(*HOUSE, *words, log=tmp_path / "bot.log", talks=True) as bot:
            assert bot.stdout is not None
            await bot.stdout.readline()
            await null.hurry(SPEED)
            await bot.stdout.readline()
            asked = (await null.score())["asked"]
            told = json.loads(await bot.stdout.readline())

    assert "sync.silent" not in (tmp_path / "bot.log").read_text(), "too fast for this machine"
    hours = told["hours"]
    show(
        f"An hour of silence, of {hours:.1f} lived {SPEED} times as fast",
        [
            Figure("processor, s", f"{told['cpu_seconds'] / hours:.2f}", "", None, ""),
            Figure("requests", f"{sum(asked.values()) / hours:.0f}", "", None, ""),
            *(
                Figure(f"  {what}", f"{count / hours:.1f}", "", None, "")
                for what, count in sorted(asked.items(), key=lambda it: -it[1])
            ),
        ],
    )
