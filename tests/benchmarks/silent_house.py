"""The whole bot in a hurry: every second it waits for is a fraction of one, its work is not less.

    python -m tests.benchmarks.silent_house SETTINGS SPEED HOURS

Says "peace" when it has started, lives those hours of its own, says "lived", and then
`{"cpu_seconds", "hours"}`: how long the processor worked meanwhile. The loop's clock, the one that
tells the time of day and the scheduler's go SPEED times as fast as the machine's, so each timer
fires as often as in a real hour, and everything it sets off is done. What is not seen so is what
the system does for a process that sleeps.
"""

from __future__ import annotations

import asyncio
import json
import resource
import selectors
import sys
import time
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

from apscheduler.schedulers import base

from bot.app import open_house
from bot.logs import log_to_stderr
from config.settings import load_settings

BEGINS = datetime(2026, 11, 23, 1, tzinfo=UTC)  # a night in which the law wants nothing
PEACE = 10.0  # seconds, at the natural pace, before it is measured: a start is not silence


class Hurry:
    """One time for all clocks of the process: seconds since it began, slow first and then fast."""

    def __init__(self) -> None:
        self._speed, self._turned, self._gone = 1.0, time.monotonic(), 0.0

    @property
    def speed(self) -> float:
        return self._speed

    def turn(self, speed: float) -> None:
        """Go on at another speed."""
        self._gone, self._turned, self._speed = self.seconds(), time.monotonic(), speed

    def seconds(self) -> float:
        return self._gone + (time.monotonic() - self._turned) * self._speed

    def now(self, zone: tzinfo = UTC) -> datetime:
        """Give the time of day."""
        return (BEGINS + timedelta(seconds=self.seconds())).astimezone(zone)


class Selector(selectors.DefaultSelector):
    """Waits as much shorter than it is asked to as the time goes faster."""

    def __init__(self, hurry: Hurry) -> None:
        super().__init__()
        self._hurry = hurry

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(None if timeout is None else timeout / self._hurry.speed)


class Loop(asyncio.SelectorEventLoop):
    """A loop whose seconds are short."""

    def __init__(self, hurry: Hurry) -> None:
        self._hurry = hurry
        super().__init__(Selector(hurry))

    def time(self) -> float:
        return self._hurry.seconds()


def hurry_scheduler(hurry: Hurry) -> None:
    """Let the scheduler, which asks the machine for the time, ask ours."""
    base.datetime = type("datetime", (datetime,), {"now": staticmethod(hurry.now)})


async def live(settings: Path, hurry: Hurry, speed: float, hours: float) -> dict[str, float]:
    """Let the house stand for some hours of its own."""
    read = load_settings(settings)
    log_to_stderr(read.log_level)
    async with open_house(read, hurry) as house:
        running = asyncio.create_task(house.run())
        await asyncio.sleep(PEACE)
        say("peace")
        before, began = worked(), hurry.seconds()
        hurry.turn(speed)
        await asyncio.sleep(hours * 3600)
        hurry.turn(1.0)
        lasted = (hurry.seconds() - began) / 3600
        say("lived")
        told = {"cpu_seconds": worked() - before, "hours": lasted}
        assert not running.done()
        running.cancel()
        await asyncio.wait({running})
    return told


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def worked() -> float:
    """Tell how many seconds the processor has worked for this process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    clock = Hurry()
    hurry_scheduler(clock)
    living = live(Path(sys.argv[1]), clock, float(sys.argv[2]), float(sys.argv[3]))
    with asyncio.Runner(loop_factory=lambda: Loop(clock)) as runner:
        say(json.dumps(runner.run(living)))
