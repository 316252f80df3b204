"""A scripted hour of a small region on a homeserver of its own, with a bot that may be killed.

The hour is the same however often the bot dies: the same people say the same things at the same
simulated minutes. What the rooms show afterwards can be laid beside an hour that nobody broke.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.matrix.wire import Wire, quote
from bot.rehearsal.homeserver import Account, Homeserver

HOUSE = Path(__file__).parent.parent.parent
CLIENT = "/_matrix/client/v3"
ZONE = ZoneInfo("Europe/Stockholm")
BEGINS = datetime(2026, 11, 2, 9, 0, tzinfo=ZONE)
TAP = "✅"

HOLDERS = {
    "kim": ("aa.DUTY", 1),
    "mio": ("aa.DUTY", 2),
    "eli": ("aa.HEAD", 1),
    "liv": ("bb.BOSS", 1),
}

SEATED = (("kim", "WEEK"), ("liv", "WEEK"), ("eli", "TOP"))
"""Who sits in which forum's room from the first; without them nobody begins."""

# minute, who, where ("WEEK" or "direct"), what: words, or TAP on the bot's latest that asks for one
SCRIPT: tuple[tuple[int, str, str, str], ...] = (
    (0, "kim", "WEEK", "!summon WEEK 09:30 The bridge is closed"),
    (1, "liv", "WEEK", TAP),
    (2, "kim", "WEEK", "!attend"),
    (3, "eli", "direct", "who WEEK"),
    (4, "liv", "WEEK", "!hlep"),
    (31, "kim", "WEEK", '!propose timing "The bridge opens at noon" why="traffic"'),
    (32, "kim", "WEEK", "1"),
    (33, "liv", "WEEK", '!position 2 "not before noon"'),
    (34, "liv", "WEEK", "3"),
    (36, "kim", "WEEK", '!action "signs at the bridge" due=11:00'),
    (38, "kim", "WEEK", "!actions"),
    (40, "kim", "WEEK", "!done AT-1"),
    (42, "kim", "WEEK", "!close"),
    (44, "kim", "direct", "approve"),
    (46, "liv", "direct", TAP),
    (48, "kim", "direct", TAP),
    (50, "kim", "direct", "carried AF-1"),
    (52, "eli", "direct", TAP),
    (55, "liv", "WEEK", "!home"),
    (59, "eli", "direct", "digest WEEK"),
)


@dataclass
class Hour:
    """A homeserver, its people, and the bot's process with its state on disk."""

    homeserver: Homeserver
    folder: Path
    people: dict[str, Account] = field(default_factory=dict)
    wires: dict[str, Wire] = field(default_factory=dict)
    rooms: dict[str, str] = field(default_factory=dict)
    inside: set[tuple[str, str | None]] = field(default_factory=set)
    """Who has come into which room, as it is known here."""
    kills: int = 0
    database_url: str | None = None
    address: str = ""
    """Where the bot finds the homeserver, if something stands between."""
    script: tuple[tuple[int, str, str, str], ...] = SCRIPT
    _process: asyncio.subprocess.Process | None = None

    async def prepare(self) -> None:
        """Register everybody, write settings and roster, make the rooms, let people in."""
        bot = await self.homeserver.register("samverkan", "a word nobody guesses")
        for name in HOLDERS:
            self.people[name] = await self.homeserver.register(name, secrets.token_hex(8))
            self.wires[name] = Wire(self.homeserver.url, self.people[name].access_token)
        law = (HOUSE / "tests/config/minimal.yaml").read_text().partition("on_duty_example:")[0]
        law = law.replace("  name: Mini\n", "  name: Mini\n  language: en\n")
        (self.folder / "region.yaml").write_text(law)
        self._settings.write_text(
            f'homeserver: {self.address or self.homeserver.url}\nuser_id: "{bot.user_id}"\n'
            f"password: {bot.password}\nregion: region.yaml\nencrypted: false\nstate_dir: state\n"
            + (f"database_url: {self.database_url}\n" if self.database_url else "")
        )
        await self._import_roster()
        await self.start(BEGINS)
        await self.order("apply", BEGINS)
        await self.settle(BEGINS, [])
        while not all(self._is_inside(*each) for each in SEATED):
            await self.settle(BEGINS, await self._come_in())
        await self._open_directs(bot.user_id)
        await self.settle(BEGINS, [])

    async def play(
        self, deaths: Callable[[], Iterator[float]] = lambda: iter(()), *, minutes: int = 61
    ) -> None:
        """Play the hour; `deaths` says after how many seconds the bot dies when somebody acts.

        `minutes` fewer than all of them leave the rest of the hour out.
        """
        for moment, acts in self._moments(minutes):
            await self.settle(moment, [])  # what is said now is said at this minute
            sent = [await self._act(*act) for act in acts]
            for seconds in deaths() if acts else ():
                await self._dies_at(moment, sent, seconds)
                sent = []
            if acts:
                await self.settle(moment, sent)
                await self.settle(moment, await self._come_in())

    async def settle_at(self, minute: int) -> None:
        """Let time go on to that minute, with nobody saying anything."""
        await self.settle(BEGINS + timedelta(minutes=minute), [])

    def _moments(self, minutes: int) -> Iterator[tuple[datetime, list[tuple[str, str, str]]]]:
        for minute in range(minutes):
            acts = [(who, where, what) for at, who, where, what in self.script if at == minute]
            yield BEGINS + timedelta(minutes=minute), acts

    # --- the bot's process ---

    async def start(self, now: datetime) -> None:
        """Start the bot, and wait until it has caught up."""
        with (self.folder / "bot.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot.rehearsal.stage", str(self._settings)),
                cwd=HOUSE,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                limit=2**24,
            )
        await self.order("start", now)

    async def order(self, do: str, now: datetime, **more: object) -> dict[str, Any]:
        """Give one order and wait for its answer."""
        self._tell(do, now, **more)
        assert self._process is not None
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        answer: dict[str, Any] = json.loads(line or b'{"error": "the bot ended"}')
        assert "error" not in answer, f"{answer} {(self.folder / 'bot.log').read_text()[-3000:]}"
        return answer

    async def settle(self, now: datetime, seen: list[str]) -> None:
        """Let the bot do all that there is to do at a moment."""
        await self.order("settle", now, seen=seen)
        self.rooms = (await self.order("rooms", now))["rooms"]

    async def stop(self) -> None:
        """End the bot's process and hang up."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        for wire in self.wires.values():
            await wire.close()

    async def _dies_at(self, now: datetime, sent: list[str], seconds: float) -> None:
        """Let the bot begin on a moment, kill it in the middle, and start it again."""
        assert self._process is not None
        self._tell("settle", now, seen=sent)
        await asyncio.sleep(seconds)
        self._process.kill()
        await self._process.wait()
        self.kills += 1
        await self.start(now)

    def _tell(self, do: str, now: datetime, **more: object) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        order = {"do": do, "now": now.isoformat(), **more}
        self._process.stdin.write(json.dumps(order).encode() + b"\n")

    @property
    def _settings(self) -> Path:
        return self.folder / "samverkan.yaml"

    async def _import_roster(self) -> None:
        rows = [
            f"{function},{rank},{self.people[name].user_id},{name.title()},,"
            for name, (function, rank) in HOLDERS.items()
        ]
        roster = self.folder / "roster.csv"
        roster.write_text("\n".join(["function,rank,mxid,name,from,to", *rows]) + "\n")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", "from bot.cli import main; main()", "roster", "import"),
            *(str(roster), "--settings", str(self._settings)),
            cwd=HOUSE,
        )
        assert await process.wait() == 0

    # --- the people ---

    async def _come_in(self) -> list[str]:
        """Let everybody accept what they are invited to; give the events of their coming."""
        came: list[str] = []
        for name, wire in self.wires.items():
            sync = await wire.call("GET", f"{CLIENT}/sync", query={"timeout": "0"})
            for room_id in sync.get("rooms", {}).get("invite", {}):
                await wire.call("POST", f"{CLIENT}/join/{quote(room_id)}", {})
                self.inside.add((name, room_id))
                came.append(await self._coming(name, room_id))
        return came

    async def _coming(self, name: str, room_id: str) -> str:
        """Find the event by which somebody came into a room."""
        member = f"m.room.member/{quote(self.people[name].user_id)}"
        path = f"{CLIENT}/rooms/{quote(room_id)}/state/{member}"
        event = await self.wires[name].call("GET", path, query={"format": "event"})
        return str(event["event_id"])

    def _is_inside(self, name: str, forum: str) -> bool:
        return (name, self.rooms.get(f"forum:{forum}")) in self.inside

    async def membership(self, name: str, forum: str, seen_by: str) -> str:
        """Tell what a forum's room says of somebody."""
        member = f"m.room.member/{quote(self.people[name].user_id)}"
        path = f"{CLIENT}/rooms/{quote(self.rooms[f'forum:{forum}'])}/state/{member}"
        return str((await self.wires[seen_by].call("GET", path))["membership"])

    async def _open_directs(self, bot: str) -> None:
        """Let everybody open a direct room with the bot, and wait until it has come."""
        for wire in self.wires.values():
            wanted = {"preset": "private_chat", "is_direct": True, "invite": [bot]}
            await wire.call("POST", f"{CLIENT}/createRoom", wanted)
        while len([key for key in self.rooms if key.startswith("direct:")]) < len(HOLDERS):
            await self.settle(BEGINS, [])

    async def _act(self, who: str, where: str, what: str) -> str:
        """Say something or tap; give the event's id."""
        room_id = self.rooms[self._key(who, where)]
        kind = "m.room.message"
        content: dict[str, Any] = {"msgtype": "m.text", "body": what}
        if what == TAP:
            kind, target = "m.reaction", await self._asked(who, room_id)
            relation = {"rel_type": "m.annotation", "event_id": target, "key": TAP}
            content = {"m.relates_to": relation}
        path = f"{CLIENT}/rooms/{quote(room_id)}/send/{kind}/{secrets.token_hex(8)}"
        return str((await self.wires[who].call("PUT", path, content))["event_id"])

    def _key(self, who: str, where: str) -> str:
        return f"direct:{self.people[who].user_id}" if where == "direct" else f"forum:{where}"

    async def _asked(self, who: str, room_id: str) -> str:
        """Find the bot's latest message that asks for a tap, by the tap the bot put there."""
        for event in reversed(await self._events(who, room_id)):
            if event["type"] == "m.reaction" and event["sender"].startswith("@samverkan:"):
                return str(event["content"]["m.relates_to"]["event_id"])
        raise AssertionError(f"nothing to tap for {who} in {room_id}")

    async def _events(self, who: str, room_id: str) -> list[dict[str, Any]]:
        path = f"{CLIENT}/rooms/{quote(room_id)}/messages"
        query = {"dir": "f", "limit": "1000"}
        found = await self.wires[who].call("GET", path, query=query)
        return list(found["chunk"])

    # --- what the rooms show ---

    async def shown(self) -> dict[str, list[str]]:
        """Read every room as it now looks: each message once, in order, edits applied."""
        rooms = {"forum:WEEK": "kim", "forum:TOP": "eli"}
        rooms |= {self._key(name, "direct"): name for name in HOLDERS}
        return {
            key: _shown(await self._events(who, self.rooms[key]))
            for key, who in rooms.items()
            if key in self.rooms
        }


def _shown(events: list[dict[str, Any]]) -> list[str]:
    """Write each message as "sender: words [taps]"."""
    bodies: dict[str, str] = {}
    taps: dict[str, list[str]] = {}
    for event in events:
        content, relation = event["content"], event["content"].get("m.relates_to", {})
        if relation.get("rel_type") == "m.replace":
            bodies[relation["event_id"]] = f"{event['sender']}: {content['m.new_content']['body']}"
        elif event["type"] == "m.reaction":
            taps.setdefault(relation["event_id"], []).append(f"{event['sender']} {relation['key']}")
        elif event["type"] == "m.room.message":
            bodies[event["event_id"]] = f"{event['sender']}: {content['body']}"
        elif "poll" in event["type"]:
            words = content.get("org.matrix.msc1767.text", "")
            bodies[event["event_id"]] = f"{event['sender']}: {event['type']} {words}"
    return [f"{body} {sorted(taps.get(id_, []))}" for id_, body in bodies.items()]


@asynccontextmanager
async def hour(
    folder: Path,
    database_url: str | None = None,
    *,
    default_limits: bool = False,
    stand: Callable[[str], AbstractAsyncContextManager[str]] = nullcontext,
) -> AsyncIterator[Hour]:
    """Prepare an hour in a folder of its own, with SQLite there or another database.

    `default_limits` leaves the homeserver's own rate limits on; `stand` gives the address that
    the bot is told in place of the homeserver's.
    """
    folder.mkdir()
    homeserver = await Homeserver.start(folder / "homeserver", default_limits=default_limits)
    async with stand(homeserver.url) as address:
        prepared = Hour(homeserver, folder, database_url=database_url, address=address)
        try:
            await prepared.prepare()
            yield prepared
        finally:
            await prepared.stop()
            await homeserver.stop()
