"""A homeserver that does nothing and answers at once: what is left is the bot's own time.

    python -m tests.benchmarks.null_homeserver     says its port on standard output

Messages to deal with are laid in with `POST /bench/script`: `{batches}`, lists of
`{room_id, event}`. Each `/sync` takes the next batch, with the bot's own messages that have come in
since, as Synapse does it (`unsigned.transaction_id`), and the letters to its device. A `/sync` with
nothing to give waits as long as it is told to, or as many times shorter as `POST /bench/speed`
says. `POST /bench/rooms`: `{room_id:
people}`, encrypted rooms that a first `/sync` tells of. Anybody else has a device here for the
asking: an access token is `USER|DEVICE`. `GET /bench/score` tells how many replies have come, in
how many seconds since the first batch was given, whether the bot is quiet and what it has asked.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter, deque
from typing import Any
from urllib.parse import parse_qs, unquote

from tests.benchmarks.null_accounts import Accounts

REPLY = b'"m.in_reply_to"'
SEALED = "m.room.encrypted"  # matrix-nio hides in it what it replies to
BOT = "@samverkan:null.example"
NOTHING = '{"errcode":"M_NOT_FOUND","error":"nothing is here"}'
PLAIN = {
    "/createRoom": '{"room_id":"!made:null.example"}',
    "/members": '{"chunk":[]}',
    "/upload": '{"content_uri":"mxc://null.example/face"}',
}
UNKNOWN = ("/state", "/account_data/", "/directory/room/", "/profile/")


class World:
    """What has been laid in, what has come, and who waits."""

    def __init__(self) -> None:
        self.speed = 1.0
        self.who = {"user_id": BOT, "device_id": "NULL"}
        self.accounts = Accounts()
        self.rooms: dict[str, list[str]] = {}
        self.asked: Counter[str] = Counter()
        self.script: deque[list[dict[str, Any]]] = deque()
        self.echoes: list[tuple[str, str]] = []
        self.waiting: Connection | None = None
        self.patience: asyncio.TimerHandle | None = None
        self.began = self.ended = self.touched = time.monotonic()
        self.replies = self.sends = self.syncs = 0
        self.reply = b"{}"
        self.answered: dict[str, float] = {}

    def take(self, path: str, body: bytes) -> str:
        """Take a message the bot sends; its echo goes with the next sync."""
        _, _, tail = path.partition("/rooms/")
        room, _, kind, transaction = tail.split("/")[:4]
        self.sends += 1
        if REPLY in body or kind == SEALED:
            relation = json.loads(body).get("m.relates_to", {}).get("m.in_reply_to", {})
            self.answered[relation.get("event_id", "")] = time.monotonic()
            self.replies, self.ended, self.reply = self.replies + 1, time.monotonic(), body
        event_id = f"$sent{self.sends}"
        head = {
            "type": unquote(kind),
            "event_id": event_id,
            "sender": self.who["user_id"],
            "origin_server_ts": int(time.time() * 1000),
            "unsigned": {"transaction_id": unquote(transaction)},
        }
        echo = json.dumps(head)[:-1] + ',"content":' + body.decode() + "}"
        self.echoes.append((unquote(room), echo))
        self.give()
        return f'{{"event_id":"{event_id}"}}'

    @property
    def device(self) -> tuple[str, str]:
        return self.who["user_id"], self.who["device_id"]

    def wait(self, waiting: Connection, query: dict[str, list[str]]) -> None:
        """Let a sync wait for news; one from the beginning, or not to wait, is answered at once."""
        self.waiting = waiting
        seconds = int(query.get("timeout", ["0"])[0]) / 1000 / self.speed
        if "since" not in query or not seconds:
            self.give(at_once=True, first="since" not in query)
            return
        self.give()
        if self.waiting:
            loop = asyncio.get_running_loop()
            self.patience = loop.call_later(seconds, lambda: self.give(at_once=True))

    def give(self, *, at_once: bool = False, first: bool = False) -> None:
        """Answer whoever waits for news, if there are any."""
        news = self.script or self.echoes or self.accounts.letters[self.device]
        if self.waiting and (at_once or news):
            waiting, self.waiting = self.waiting, None
            if self.patience:
                self.patience.cancel()
            waiting.answer(self.sync(first=first))

    def sync(self, *, first: bool) -> str:
        """Write the next sync answer."""
        rooms: dict[str, list[str]] = {}
        for room_id, echo in self.echoes:
            rooms.setdefault(room_id, []).append(echo)
        self.echoes.clear()
        if self.script:
            if self.began == 0.0:
                self.began = time.monotonic()
            for item in self.script.popleft():
                rooms.setdefault(item["room_id"], []).append(json.dumps(item["event"]))
        self.syncs += 1
        state = {it: self.state(it) for it in self.rooms} if first else {}
        joined = ",".join(
            f'"{room_id}":{{"timeline":{{"events":[{",".join(rooms.get(room_id, ()))}],'
            f'"limited":false,"prev_batch":"p"}},"state":{{"events":{state.get(room_id, "[]")}}},'
            '"account_data":{"events":[]},"ephemeral":{"events":[]},"summary":{},'
            '"unread_notifications":{}}'
            for room_id in rooms.keys() | state.keys()
        )
        letters, self.accounts.letters[self.device] = self.accounts.letters[self.device], []
        keys = {"to_device": {"events": letters}, **self.accounts.counts(self.device)}
        told = json.dumps(keys)[1:]
        return f'{{"next_batch":"s{self.syncs}","rooms":{{"join":{{{joined}}}}},{told}'

    def state(self, room_id: str) -> str:
        """Write the state of an encrypted room."""
        secret = ("m.room.encryption", "", {"algorithm": "m.megolm.v1.aes-sha2"})
        people = (BOT, *self.rooms[room_id])
        members = [("m.room.member", it, {"membership": "join"}) for it in people]
        events = [
            {
                "type": kind,
                "state_key": key,
                "content": content,
                "event_id": f"$state{number}{room_id[1:]}",
                "sender": BOT,
                "origin_server_ts": 0,
            }
            for number, (kind, key, content) in enumerate((secret, *members))
        ]
        return json.dumps(events)

    def members(self, path: str) -> str:
        """Tell who is in a room, as `/joined_members` does."""
        people = self.rooms.get(unquote(path.split("/rooms/")[1].split("/", maxsplit=1)[0]), ())
        return json.dumps({"joined": {it: {"display_name": it} for it in (BOT, *people)}})

    def score(self) -> str:
        """Tell how it goes."""
        now = time.monotonic()
        told = {
            "replies": self.replies,
            "seconds": self.ended - self.began,
            "quiet_seconds": now - self.touched if self.waiting and not self.script else 0.0,
            "sends": self.sends,
            "syncs": self.syncs,
            "reply": json.loads(self.reply),
            "replied_at": self.ended,  # on the clock all processes of the machine share
            "keys_left": len(self.accounts.takeable[self.device]),
            "asked": self.asked,
        }
        return json.dumps(told)

    def lay_in(self, body: bytes) -> str:
        """Begin a run with that script."""
        self.script.extend(json.loads(body)["batches"])
        self.began, self.replies = 0.0, 0
        self.give()
        return "{}"


class Connection(asyncio.Protocol):
    """One kept-alive connection; requests come one after another."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._seen = b""
        self._line: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._line = transport

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's shape
        if self._world.waiting is self:
            self._world.waiting = None

    def data_received(self, data: bytes) -> None:
        self._seen += data
        while (end := self._seen.find(b"\r\n\r\n")) >= 0:
            head = self._seen[:end].decode("latin-1")
            start, length = end + 4, _length(head)
            if len(self._seen) < start + length:
                return
            body, self._seen = self._seen[start : start + length], self._seen[start + length :]
            method, target, _ = head.split(" ", 2)
            path, _, query = target.partition("?")
            if path.startswith("/bench/"):
                self._told(path, body)
            else:
                self._asked(method, path, parse_qs(query), body, _whose(head))

    def answer(self, text: str, status: str = "200 OK") -> None:
        raw = text.encode()
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n"
        if self._line:
            self._line.write(f"{head}Content-Length: {len(raw)}\r\n\r\n".encode() + raw)

    def _told(self, path: str, body: bytes) -> None:
        """Answer the laboratory."""
        world = self._world
        if path == "/bench/score":
            self.answer(world.score())
        elif path == "/bench/answered":
            self.answer(json.dumps(world.answered))
        elif path == "/bench/speed":
            world.speed = json.loads(body)["speed"]
            world.asked.clear()
            world.give(at_once=True)
            self.answer("{}")
        elif path == "/bench/rooms":
            world.rooms = json.loads(body)
            self.answer("{}")
        else:
            world.touched = time.monotonic()
            self.answer(world.lay_in(body))

    def _asked(
        self, method: str, path: str, query: dict[str, list[str]], body: bytes, token: str
    ) -> None:
        world = self._world
        user, _, device = token.partition("|")
        if user in {"", BOT}:
            world.touched = time.monotonic()
            world.asked[f"{method} {_kind(path)}"] += 1
        if path.endswith("/sync"):
            world.wait(self, query)
        elif "/send/" in path and method == "PUT":
            self.answer(world.take(path, body))
        elif path.endswith("/login"):
            world.who["device_id"] = json.loads(body).get("device_id", "NULL")
            self.answer(json.dumps({**world.who, "access_token": "|".join(world.device)}))
        elif path.endswith("/joined_members"):
            self.answer(world.members(path))
        else:
            self._other(method, path, body, (user, device))

    def _other(self, method: str, path: str, body: bytes, who: tuple[str, str]) -> None:
        world = self._world
        tail = "/" + path.rpartition("/")[2]
        if path.endswith("/whoami"):
            self.answer(json.dumps(world.who))
        elif (answer := world.accounts.ask(method, path, body, who)) is not None:
            self.answer(answer)
            world.give()
        elif method == "GET" and any(it in path for it in UNKNOWN):
            self.answer(NOTHING, "404 Not Found")
        else:
            self.answer(PLAIN.get(tail) or "{}")


def _kind(path: str) -> str:
    """Name what is asked for without whom and what it is about."""
    words = path.rsplit("/v3/", maxsplit=1)[-1].split("/")
    return "/".join(it for it in words if it[:1] not in "!@$#%" and not it.startswith("%"))


def _whose(head: str) -> str:
    """Give the access token of a request."""
    for line in head.split("\r\n")[1:]:
        name, _, value = line.partition(":")
        if name.lower() == "authorization":
            return value.strip().removeprefix("Bearer ")
    return ""


def _length(head: str) -> int:
    for line in head.split("\r\n")[1:]:
        name, _, value = line.partition(":")
        if name.lower() == "content-length":
            return int(value)
    return 0


async def serve() -> None:
    """Serve until ended."""
    world = World()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(world), "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve())
