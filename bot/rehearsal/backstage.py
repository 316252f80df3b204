"""The player's end of the line to the stage: the bot as a process that can really be killed."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

LONGEST_LINE = 32 * 1024 * 1024  # bytes; a busy minute's letters come in one line
STOP_SECONDS = 10.0
LAST_LINES = 30


class StageFailed(Exception):  # noqa: N818 - says what happened
    """The bot's process ended, or said that it failed; the message ends with its log."""


@dataclass(frozen=True)
class Delivery:
    """Something the bot has put in a room, as the bot says it; readers see for themselves."""

    place: str
    room_id: str
    event_id: str
    mention: tuple[str, ...] = ()


@dataclass(frozen=True)
class Quiet:
    """The bot has nothing left to do before its next deadline."""

    next_due: datetime | None
    delivered: tuple[Delivery, ...]
    invited: tuple[tuple[str, str], ...] = ()
    """Who has been invited where: pairs of room and person."""


class Stage:
    """The bot's process, and the one line between it and the player."""

    def __init__(self, settings: Path, log: Path) -> None:
        """Hold what it is started with; `log` is where its log goes on, life after life."""
        self._settings = settings
        self._log = log
        self._process: asyncio.subprocess.Process | None = None
        self._live = False

    @property
    def running(self) -> bool:
        """Tell whether the bot lives."""
        return self._process is not None

    async def start(self, now: datetime, **more: Any) -> None:  # noqa: ANN401 - passed on
        """Start the process and let the bot wake up in it."""
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot.rehearsal.stage", str(self._settings)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                limit=LONGEST_LINE,
            )
        await self.ask("start", now=_iso(now), **more)

    async def live(self, now: datetime) -> None:
        """Let the bot's clock go by itself from now on; it takes no more orders."""
        await self.ask("live", now=_iso(now))
        self._live = True

    async def settle(self, now: datetime, seen: Sequence[str], away: Collection[str]) -> Quiet:
        """Let the bot do all that it can at this moment, while some homeservers are away."""
        answer = await self.ask("settle", now=_iso(now), seen=list(seen), away=list(away))
        return _quiet(answer)

    async def endure(self, now: datetime) -> Quiet:
        """Let time pass for a bot whose own homeserver is away."""
        return _quiet(await self.ask("endure", now=_iso(now)))

    async def ask(self, do: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - the line's JSON
        """Ask for one thing and wait until it is done; raise StageFailed."""
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise StageFailed("the bot is not running")
        process.stdin.write(json.dumps({"do": do, **more}).encode() + b"\n")
        await process.stdin.drain()
        line = await process.stdout.readline()
        if not line:
            raise StageFailed(f"the bot ended while asked to {do}\n{self._tail()}")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise StageFailed(f"asked to {do}: {answer['error']}\n{self._tail()}")
        return answer

    async def kill(self) -> None:
        """End the process at once, as a power cut would."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            await process.wait()

    async def stop(self) -> None:
        """Let the bot stop by itself; end it if it does not."""
        process, self._process = self._process, None
        if process is None or process.stdin is None or process.returncode is not None:
            return
        try:
            if self._live:
                process.terminate()
            process.stdin.write(b'{"do": "stop"}\n')
            await process.stdin.drain()
            process.stdin.close()
            async with asyncio.timeout(STOP_SECONDS):
                await process.wait()
        except (TimeoutError, ConnectionError):
            with suppress(ProcessLookupError):  # it may have ended meanwhile
                process.kill()
            await process.wait()

    def _tail(self) -> str:
        lines = self._log.read_text(errors="replace").splitlines()
        return "\n".join(lines[-LAST_LINES:])


def _iso(moment: datetime) -> str:
    return moment.isoformat()


def _quiet(answer: Mapping[str, Any]) -> Quiet:
    due = answer.get("next_due")
    delivered = tuple(
        Delivery(each["place"], each["room_id"], each["event_id"], tuple(each.get("mention") or ()))
        for each in answer["delivered"]
    )
    invited = tuple((str(room), str(mxid)) for room, mxid in answer.get("invited", ()))
    return Quiet(datetime.fromisoformat(due) if due else None, delivered, invited)
