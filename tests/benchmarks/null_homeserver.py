"""A homeserver that does nothing and answers at once: what is left is the bot's own time.

    python -m tests.benchmarks.null_homeserver      says its port on standard output

Messages to deal with are laid in with `POST /bench/script`: `{batches}`, lists of
`{room_id, event}`. Each `/sync` takes the next batch, with the bot's own messages that have come in
since, as Synapse does it (`unsigned.transaction_id`). A `/sync` with nothing to give waits.
`GET /bench/score` tells how many replies have come, in how many seconds since the first batch was
given, and whether the bot is quiet.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import deque
from typing import Any
from urllib.parse import unquote

REPLY = b'"m.in_reply_to"'
KEYS = (
    '"device_one_time_keys_count":{"signed_curve25519":50},'
    '"device_unused_fallback_key_types":["signed_curve25519"]'
)
PLAIN = {
    "/account/whoami": "",
    "/keys/upload": '{"one_time_key_counts":{"signed_curve25519":50}}',
    "/keys/query": '{"device_keys":{}}',
    "/keys/claim": '{"one_time_keys":{}}',
    "/createRoom": '{"room_id":"!made:null.example"}',
    "/members": '{"chunk":[]}',
}


class World:
    """What has been laid in, what has come, and who waits."""

    def __init__(self) -> None:
        self.who = {"user_id": "@samverkan:null.example", "device_id": "NULL"}
        self.script: deque[list[dict[str, Any]]] = deque()
        self.echoes: list[tuple[str, str]] = []
        self.waiting: Connection | None = None
        self.began = self.ended = self.touched = time.monotonic()
        self.replies = self.sends = self.syncs = 0
        self.reply = b"{}"

    def take(self, path: str, body: bytes) -> str:
        """Take a message the bot sends; its echo goes with the next sync."""
        _, _, tail = path.partition("/rooms/")
        room, _, kind, transaction = tail.split("/")[:4]
        self.sends += 1
        if REPLY in body:
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

    def give(self) -> None:
        """Answer whoever waits for news, if there are any."""
        if self.waiting and (self.script or self.echoes):
            waiting, self.waiting = self.waiting, None
            waiting.answer(self.sync())

    def sync(self) -> str:
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
        joined = ",".join(
            f'"{room_id}":{{"timeline":{{"events":[{",".join(events)}],"limited":false,'
            f'"prev_batch":"p"}},"state":{{"events":[]}},"account_data":{{"events":[]}},'
            f'"ephemeral":{{"events":[]}},"summary":{{}},"unread_notifications":{{}}}}'
            for room_id, events in rooms.items()
        )
        return f'{{"next_batch":"s{self.syncs}",{KEYS},"rooms":{{"join":{{{joined}}}}}}}'

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
            self._asked(method, target.partition("?")[0], body)

    def answer(self, text: str, status: str = "200 OK") -> None:
        raw = text.encode()
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n"
        if self._line:
            self._line.write(f"{head}Content-Length: {len(raw)}\r\n\r\n".encode() + raw)

    def _asked(self, method: str, path: str, body: bytes) -> None:
        world = self._world
        if path == "/bench/score":
            self.answer(world.score())
            return
        world.touched = time.monotonic()
        if path == "/bench/script":
            self.answer(world.lay_in(body))
        elif path.endswith("/sync"):
            world.waiting = self
            if world.syncs:
                world.give()
            else:
                world.waiting = None
                self.answer(world.sync())
        elif "/send/" in path and method == "PUT":
            self.answer(world.take(path, body))
        else:
            self._other(path, body)

    def _other(self, path: str, body: bytes) -> None:
        world = self._world
        if path.endswith("/login"):
            world.who["device_id"] = json.loads(body).get("device_id", "NULL")
            self.answer(json.dumps({**world.who, "access_token": "null"}))
        elif path.endswith("/whoami"):
            self.answer(json.dumps(world.who))
        elif "/state/" in path:
            self.answer('{"errcode":"M_NOT_FOUND","error":"nothing is here"}', "404 Not Found")
        else:
            tail = "/" + path.rpartition("/")[2]
            self.answer(PLAIN.get(f"/keys{tail}") or PLAIN.get(tail) or "{}")


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
