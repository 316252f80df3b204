"""The night on which the forty are called: a homeserver with its own rate limits, and the bot."""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from bot.matrix.wire import Wire, quote
from bot.rehearsal.backstage import Delivery, Stage
from bot.rehearsal.homeserver import Account, Homeserver
from tests.homeserver.folder import HOUSE
from tests.homeserver.forty import (
    BEGINS,
    ENDS,
    HOUSES,
    NEVER,
    NO,
    OPENS,
    House,
    Turn,
    law,
    people,
    turns,
)

CLIENT = "/_matrix/client/v3"
TAP = "✅"


@dataclass
class Night:
    """The homeserver, everybody on it, and the bot's process with a clock that is moved."""

    homeserver: Homeserver
    stage: Stage
    bot: Account
    people: dict[str, Account] = field(default_factory=dict)
    wires: dict[str, Wire] = field(default_factory=dict)
    inside: set[tuple[str, str]] = field(default_factory=set)
    rooms: dict[str, str] = field(default_factory=dict)
    said: list[tuple[datetime, Delivery]] = field(default_factory=list)

    async def rests(self, now: datetime, *seen: str) -> None:
        """Let the bot do all there is to do at a moment; those who are invited come in."""
        while True:
            quiet = await self.stage.settle(now, seen, ())
            self.said += [(now, each) for each in quiet.delivered]
            self.rooms = dict((await self.stage.ask("rooms"))["rooms"])
            seen = tuple(
                filter(None, await asyncio.gather(*map(self._comes, self._invited(quiet))))
            )
            if not seen:
                return

    def _invited(self, quiet: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - a Quiet
        by_mxid = {account.user_id: who for who, account in self.people.items()}
        return [(by_mxid[mxid], room) for room, mxid in quiet.invited if mxid in by_mxid]

    async def _comes(self, invited: tuple[str, str]) -> str:
        who, room_id = invited
        if invited in self.inside:
            return ""
        self.inside.add(invited)
        await self.wires[who].call("POST", f"{CLIENT}/join/{quote(room_id)}", {})
        member = f"m.room.member/{quote(self.people[who].user_id)}"
        path = f"{CLIENT}/rooms/{quote(room_id)}/state/{member}"
        event = await self.wires[who].call("GET", path, query={"format": "event"})
        return str(event["event_id"])

    def direct(self, who: str) -> str:
        """Give the room in which the bot talks with somebody alone."""
        return self.rooms[f"direct:{self.people[who].user_id}"]

    async def says(self, who: str, words: str) -> str:
        """Let somebody write to the bot alone."""
        content = {"msgtype": "m.text", "body": words}
        return await self.puts(who, self.direct(who), "m.room.message", content)

    async def puts(self, who: str, room_id: str, kind: str, content: dict[str, Any]) -> str:
        path = f"{CLIENT}/rooms/{quote(room_id)}/send/{kind}/{secrets.token_hex(8)}"
        return str((await self.wires[who].call("PUT", path, content))["event_id"])

    async def answers(self, who: str, does: str) -> str:
        """Do what somebody does when asked: tap what they were asked by, or say that they can't."""
        room_id = self.rooms.get(f"direct:{self.people[who].user_id}", self.rooms["forum:ALL"])
        if does == NO:
            content = {"msgtype": "m.text", "body": "!decline"}
            return await self.puts(who, room_id, "m.room.message", content)
        target = await self._offer(who, room_id)
        relation = {"rel_type": "m.annotation", "event_id": target, "key": TAP}
        return await self.puts(who, room_id, "m.reaction", {"m.relates_to": relation})

    async def _offer(self, who: str, room_id: str) -> str:
        """Find the message under which the bot has put the tap."""
        events = await self.events(who, room_id)
        taps = (it for it in reversed(events) if it["type"] == "m.reaction")
        own = (it for it in taps if it["sender"] == self.bot.user_id)
        return str(next(own)["content"]["m.relates_to"]["event_id"])

    async def events(self, who: str, room_id: str) -> list[dict[str, Any]]:
        path = f"{CLIENT}/rooms/{quote(room_id)}/messages"
        query = {"dir": "f", "limit": "1000"}
        return list((await self.wires[who].call("GET", path, query=query))["chunk"])

    def asked(self) -> Counter[tuple[str, datetime]]:
        """Count who was called by name, and at which minute."""
        by_mxid = {account.user_id: who for who, account in self.people.items()}
        called = [(at, it) for at, it in self.said if at < OPENS]
        return Counter((by_mxid[mxid], at) for at, it in called for mxid in it.mention)

    async def reads(self, who: str, room_id: str, words: str) -> str:
        """Find the last message with these words in it, as somebody in the room reads it."""
        bodies = [str(it["content"].get("body", "")) for it in await self.events(who, room_id)]
        return next(body for body in reversed(bodies) if words in body)


@asynccontextmanager
async def night(
    folder: Path,
    houses: Mapping[str, House] = HOUSES,
    prepare: Callable[[Night], Awaitable[None]] | None = None,
) -> AsyncIterator[Night]:
    """Let everybody be where they belong; from then on the homeserver's limits hold for the bot.

    `prepare` does something else instead of that last step.
    """
    homeserver = await Homeserver.start(folder / "homeserver", default_limits=True)
    try:
        bot = await homeserver.register("samverkan", secrets.token_hex(16))
        stage = Stage(_settings(folder, homeserver, bot, law(houses)), folder / "bot.log")
        there = Night(homeserver, stage, bot)
        try:
            await _prepare(there, folder, houses)
            await (prepare or _under_limits)(there)
            yield there
        finally:
            await stage.stop()
            await asyncio.gather(*(wire.close() for wire in there.wires.values()))
    finally:
        await homeserver.stop()


def _settings(folder: Path, homeserver: Homeserver, bot: Account, law_: Any) -> Path:  # noqa: ANN401
    (folder / "law.yaml").write_text(json.dumps(law_))  # JSON is YAML too
    settings = {
        "homeserver": homeserver.url,
        "user_id": bot.user_id,
        "password": bot.password,
        "region": "law.yaml",
        "state_dir": "state",
        "encrypted": False,
    }
    file = folder / "samverkan.yaml"
    file.write_text(json.dumps(settings))
    return file


async def _prepare(there: Night, folder: Path, houses: Mapping[str, House]) -> None:
    await there.homeserver.lift_limits(there.bot.user_id)
    rows = ["function,rank,mxid,name,from,to"]
    for who, function, rank in people(houses):
        account = await there.homeserver.register(who, secrets.token_hex(8))
        there.people[who], there.wires[who] = (
            account,
            Wire(there.homeserver.url, account.access_token),
        )
        rows.append(f"{function},{rank},{account.user_id},{who},,")
    (folder / "roster.csv").write_text("\n".join(rows) + "\n")
    await _types(folder, "roster", "import", str(folder / "roster.csv"))
    await there.stage.start(BEGINS, armed=False)
    await there.stage.ask("apply", now=BEGINS.isoformat())
    await there.rests(BEGINS)


async def _under_limits(there: Night) -> None:
    await there.homeserver.restore_limits(there.bot.user_id)


async def _types(folder: Path, *words: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from bot.cli import main; main()", *words),
        *("--settings", str(folder / "samverkan.yaml")),
        cwd=HOUSE,
        stdout=asyncio.subprocess.DEVNULL,
    )
    assert await process.wait() == 0


async def goes_on(there: Night) -> None:
    """Call everybody, and let the night go on minute by minute as its people act in it."""
    room_id = there.rooms["forum:ALL"]
    content = {"msgtype": "m.text", "body": f"!summon ALL {OPENS:%H:%M} The bridge is closed"}
    called = await there.puts("o01-holder", room_id, "m.room.message", content)
    await there.rests(BEGINS, called)
    for (now, _), acting in groupby(sorted(turns(), key=_when), _when):
        await there.rests(now)
        answering = [it for it in acting if it.does != NEVER]
        doing = [there.answers(f"{it.organisation}-{it.who}", it.does) for it in answering]
        await there.rests(now, *await asyncio.gather(*doing))
    await there.rests(ENDS)
    await there.rests(OPENS)


def _when(turn: Turn) -> tuple[datetime, int]:
    return turn.at, turn.order
