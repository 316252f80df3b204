"""A forum whose people all have another client: where the bot stands, and how it is acted before.

The bot is a process of its own with a clock that is moved by hand. After each act it comes to
rest, and everybody has read what it said before anybody acts again.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from bot.rehearsal.backstage import Delivery, Stage
from bot.rehearsal.homeserver import Account, Homeserver
from tests.peers.people import Person, Process, Read

HERE = Path(__file__).parent
REGION = HERE / "region.yaml"
TAP = "✅"


@dataclass
class Scene:
    """The bot's process, the people, and the time."""

    homeserver: Homeserver
    folder: Path
    bot: Account
    stage: Stage
    process: Process
    now: datetime
    people: dict[str, Person] = field(default_factory=dict)
    rooms: dict[str, str] = field(default_factory=dict)
    delivered: dict[str, Delivery] = field(default_factory=dict)
    """All that the bot has said, by event."""

    async def comes(self, name: str, **facts: object) -> Person:
        """Let somebody get an account and go online."""
        account = await self.homeserver.register(name, secrets.token_hex(8))
        person = await self.process.arrives(name, self.homeserver.url, account, **facts)
        self.people[name] = person
        return person

    async def begins(self) -> None:
        """Wake the bot, let it make the rooms, and let everybody in; no meeting calls itself."""
        await self.stage.start(self.now, armed=False)
        await self.stage.ask("apply", now=self.now.isoformat())
        await self.rests()

    async def passes(self, minutes: int) -> None:
        """Let time pass."""
        self.now += timedelta(minutes=minutes)
        await self.rests()

    async def says(self, name: str, where: str, words: str) -> None:
        """Let somebody write in a forum's room, or in their direct room with the bot."""
        await self.rests(await self.people[name].says(self.room(name, where), words))

    async def taps(self, name: str, where: str, key: str = TAP) -> None:
        """Let somebody tap what the bot offers on its last message that offers a tap."""
        offer = next(
            each
            for each in reversed(self.heard(name, where, "m.reaction"))
            if each.content["m.relates_to"]["key"] == key
        )
        asked = self.people[name].read[offer.content["m.relates_to"]["event_id"]]
        await self.rests(await self.people[name].taps(asked, key))

    async def chooses(self, name: str, where: str, choice: str) -> None:
        """Let somebody fill in the bot's last poll."""
        poll = self.heard(name, where, "org.matrix.msc3381.poll.start")[-1]
        answers = poll.content["org.matrix.msc3381.poll.start"]["answers"]
        key = next(each["id"] for each in answers if each["id"].endswith(f"/{choice}"))
        await self.rests(await self.people[name].chooses(poll, key))

    async def rests(self, *said: str) -> None:
        """Let the bot hear what was said, and everybody read what it has to say to it."""
        quiet = await self.stage.settle(self.now, said, ())
        for delivery in quiet.delivered:
            self.delivered[delivery.event_id] = delivery
        for room_id, mxid in quiet.invited:
            await self._goes_in(mxid, room_id)
        self.rooms = dict((await self.stage.ask("rooms"))["rooms"])
        for person in self.people.values():
            await person.sees(self._has_read_everything)
        if quiet.invited:
            await self.rests()

    def room(self, name: str, where: str) -> str:
        """Find a forum's room by its code, or "direct"."""
        direct = f"direct:{self.people[name].user_id}"
        return self.rooms[direct if where == "direct" else f"forum:{where}"]

    def heard(self, name: str, where: str, kind: str = "m.room.message") -> list[Read]:
        """List what somebody has read from the bot in a room, in order."""
        room_id = self.room(name, where)
        everything = self.people[name].read.values()
        there = (each for each in everything if each.room_id == room_id)
        return [each for each in there if each.sender == self.bot.user_id and each.type == kind]

    def last(self, name: str, where: str) -> str:
        """Give the bot's last words in a room, as somebody reads them; a file is no words."""
        said = [it for it in self.heard(name, where) if it.content.get("msgtype") != "m.file"]
        return said[-1].words

    @property
    def log(self) -> str:
        """Give the bot's log."""
        return (self.folder / "bot.log").read_text(encoding="utf-8")

    async def _goes_in(self, mxid: str, room_id: str) -> None:
        for person in self.people.values():
            if person.user_id == mxid:
                await person.sees(lambda it: room_id in it.rooms)

    def _has_read_everything(self, person: Person) -> bool:
        """Tell whether their client has shown all that the bot said where they are."""
        return all(
            each.event_id in person.read
            for each in self.delivered.values()
            if each.room_id in person.rooms
        )


@asynccontextmanager
async def open_scene(homeserver: Homeserver, folder: Path, now: datetime) -> AsyncIterator[Scene]:
    """Write what an operator would, and hold the processes; nobody has arrived yet."""
    bot = await homeserver.register("samverkan", secrets.token_hex(16))
    settings = {
        "homeserver": homeserver.url,
        "user_id": bot.user_id,
        "password": bot.password,
        "region": str(REGION),
        "state_dir": "state",
        "encrypted": True,
    }
    file = folder / "samverkan.yaml"
    file.write_text(json.dumps(settings), encoding="utf-8")  # JSON is YAML too
    stage = Stage(file, folder / "bot.log")
    process = await Process.start(folder / "people.log")
    try:
        yield Scene(homeserver, folder, bot, stage, process, now)
    finally:
        await stage.stop()
        await process.stop()


async def types(scene: Scene, *words: str) -> str:
    """Type a command as an operator does; give what it answers."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from bot.cli import main; main()", *words),
        *("--settings", str(scene.folder / "samverkan.yaml")),
        cwd=HERE.parents[1],
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0
    return said.decode()


async def import_roster(scene: Scene, holders: Mapping[str, tuple[str, int]]) -> None:
    """Tell the bot who holds what."""
    rows = [
        f"{function},{rank},{scene.people[name].user_id},{name.title()},,"
        for name, (function, rank) in holders.items()
    ]
    roster = scene.folder / "roster.csv"
    roster.write_text("\n".join(["function,rank,mxid,name,from,to", *rows]) + "\n")
    await types(scene, "roster", "import", str(roster))
