"""The bot on a stage: the whole house in a process of its own, whose clock somebody else moves.

Speaks JSON, a line at a time: an order on standard input, an answer on standard output; the log
goes to standard error. Being a process, it can be killed in earnest.

    start   {now, armed}  open the house and begin to listen; not `armed`, the law's own
                          meetings and digests wait for `arm`
    arm                   from now on the law's meetings and digests come by themselves
    apply   {now}         make the rooms of the law
    settle  {now, seen, away}
                          move the clock, ring what is due, and wait until the bot is quiet and
                          has read the events named in `seen`; answers when it will ring next and
                          what was delivered. What goes to people on the homeservers that are
                          `away` is not waited for
    endure  {now}         the same while the bot's own homeserver is away: wait for nothing
    rooms                 the rooms by key
    live    {now}         from now on the clock goes by itself
    stop                  end
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog

from bot.app import open_house
from bot.clock.wall import GoingClock, SteeredClock
from bot.dispatch.ringing import ring_due
from bot.house import House, Watch
from bot.logs import log_to_stderr
from bot.matrix.courier import Delivery
from bot.store import deadlines, rooms
from config.settings import Settings, load_settings

log = structlog.get_logger()

QUIET_SECONDS = 400.0  # real time; who is invited often may be asked again only after 333
STEP_SECONDS = 0.01  # between two looks at whether it is quiet
SEEN = 20_000  # events remembered as heard


class Heard:
    """Remembers which events have come back through the bot's own ears."""

    def __init__(self) -> None:
        """Begin with none."""
        self._seen: dict[str, None] = {}
        self._news = asyncio.Event()
        self.caught_up = asyncio.Event()
        """Set with the first answer, which holds all that was said while nobody listened."""

    def note(self, sync: Mapping[str, Any]) -> None:
        """Note the events of a sync answer."""
        for room in sync.get("rooms", {}).get("join", {}).values():
            for event in room.get("timeline", {}).get("events", []):
                self._seen[event.get("event_id", "")] = None
        while len(self._seen) > SEEN:
            self._seen.pop(next(iter(self._seen)))
        self._news.set()
        self.caught_up.set()

    async def wait(self, events: list[str]) -> None:
        """Wait until all of these have been heard."""
        while any(event not in self._seen for event in events):
            self._news.clear()
            await self._news.wait()


class Stage:
    """A house, a clock moved by hand, and a record of what was delivered since last asked."""

    def __init__(self, settings: Settings) -> None:
        """Take the settings; the house opens with `start`."""
        self._settings = settings
        self._heard = Heard()
        self._delivered: list[Delivery] = []
        self._invited: set[tuple[str, str]] = set()
        self._clock = SteeredClock(datetime.min.replace(tzinfo=UTC))

    @asynccontextmanager
    async def open(self, now: datetime, *, armed: bool) -> AsyncIterator[House]:
        """Open the house, with everything running but the bell."""
        self._clock.move_to(now)
        watch = Watch(self._delivered.append, self._heard.note)
        async with open_house(self._settings, self._clock, watch, armed=armed) as house:
            parts = [
                asyncio.create_task(part.run())
                for part in (house.courier, house.reconciler, house.line, house.doorman)
            ]
            house.courier.wake()
            try:
                yield house
            finally:
                for part in parts:
                    part.cancel()
                await asyncio.gather(*parts, return_exceptions=True)

    async def apply(self, house: House, now: datetime) -> dict[str, Any]:
        """Make the rooms."""
        self._clock.move_to(now)
        steps = await house.builder.apply(now)
        house.reconciler.wake()
        return {"ok": True, "steps": len(steps)}

    async def settle(
        self, house: House, now: datetime, seen: list[str], away: tuple[str, ...]
    ) -> dict[str, Any]:
        """Go to a moment and wait until nothing more happens there."""
        self._clock.move_to(now)
        async with asyncio.timeout(QUIET_SECONDS):
            await self._heard.caught_up.wait()
            await self._heard.wait(seen)
            await house.reach.look()
            await self._until_quiet(house, away)
        return await self._news(house)

    async def endure(self, house: House, now: datetime) -> dict[str, Any]:
        """Go to a moment and ring what is due; nothing comes in, and what is said waits."""
        self._clock.move_to(now)
        while await ring_due(house.store, house.desk, now):
            house.reconciler.wake()
        return await self._news(house)

    async def _news(self, house: House) -> dict[str, Any]:
        """Tell what has happened since last asked, and when the bot will ring next."""
        async with house.store.read() as session:
            due = await deadlines.next_due(session)
            waiting = await rooms.invited(session)
        delivered, self._delivered[:] = [_told(each) for each in self._delivered], []
        invited, self._invited = sorted(waiting - self._invited), waiting
        return {
            "next_due": due.isoformat() if due else None,
            "delivered": delivered,
            "invited": invited,
        }

    async def _until_quiet(self, house: House, away: tuple[str, ...]) -> None:
        while True:
            if await ring_due(house.store, house.desk, self._clock.now()):
                house.reconciler.wake()
            house.courier.wake()
            await asyncio.sleep(0)
            heard = len(self._delivered)
            while not (house.reconciler.idle and await house.courier.idle(away)):  # noqa: ASYNC110
                await asyncio.sleep(STEP_SECONDS)  # the database is asked: nobody can tell us
            await self._heard.wait([each.event_id for each in self._delivered[heard:]])
            async with house.store.read() as session:
                due = await deadlines.due(session, self._clock.now())
            if not due and heard == len(self._delivered):
                return

    async def rooms(self, house: House) -> dict[str, Any]:
        """Tell the rooms by key."""
        async with house.store.read() as session:
            return {"rooms": {room.key: room.room_id for room in await rooms.every(session)}}


def _told(delivery: Delivery) -> dict[str, Any]:
    letter = delivery.letter
    return {
        "place": letter.place,
        "room_id": delivery.room_id,
        "event_id": delivery.event_id,
        "kind": letter.kind,
        "mention": letter.content.get("mention", []),
        "call": letter.content.get("call", False),
        "subject": letter.subject,
        "edits": delivery.replaces,
    }


async def _orders() -> AsyncIterator[dict[str, Any]]:
    reader = asyncio.StreamReader(limit=2**24)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    while line := await reader.readline():
        yield json.loads(line)


def _answer(answer: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


async def _perform(stage: Stage, house: House, order: Mapping[str, Any]) -> dict[str, Any]:
    now = datetime.fromisoformat(order["now"]) if "now" in order else None
    match order["do"]:
        case "apply" if now:
            return await stage.apply(house, now)
        case "settle" if now:
            return await stage.settle(house, now, order["seen"], tuple(order.get("away", ())))
        case "endure" if now:
            return await stage.endure(house, now)
        case "rooms":
            return await stage.rooms(house)
        case "arm":
            await house.arm()
            return {"ok": True}
    return {"error": f"no such order: {order!r}"}


async def play(settings: Settings) -> None:
    """Carry out the orders until told to stop, or until nobody gives any."""
    stage, orders = Stage(settings), _orders()
    first = await anext(orders)
    now = datetime.fromisoformat(first["now"])
    async with stage.open(now, armed=first.get("armed", True)) as house:
        _answer({"ok": True})
        async for order in orders:
            if order["do"] == "stop":
                return
            if order["do"] == "live":
                now = datetime.fromisoformat(order["now"])
                break
            try:
                _answer(await _perform(stage, house, order))
            except Exception as error:
                log.exception("order.failed", order=order["do"])
                _answer({"error": f"{type(error).__name__}: {error}"})
        else:
            return
    async with open_house(settings, GoingClock(now)) as house:
        _answer({"ok": True})
        await house.run()


def main() -> None:
    """Begin, with the settings file named on the command line."""
    log_to_stderr("info")
    asyncio.run(play(load_settings(Path(sys.argv[1]))))


if __name__ == "__main__":
    main()
