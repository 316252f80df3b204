"""What ours is measured against: matrix-nio alone, answering each message as it comes.

python -m tests.benchmarks.bare_bot HOMESERVER LENGTH     LENGTH of each answer, in characters
"""

from __future__ import annotations

import asyncio
import sys

from nio import AsyncClient, MatrixRoom, RoomMessageText


async def echo(homeserver: str, length: int) -> None:
    """Answer for ever."""
    client = AsyncClient(homeserver, "@samverkan:null.example")
    client.restore_login("@samverkan:null.example", "NULL", "null")
    text = "x" * length

    async def answer(room: MatrixRoom, event: RoomMessageText) -> None:
        relation = {"m.in_reply_to": {"event_id": event.event_id}}
        content = {"msgtype": "m.notice", "body": text, "m.relates_to": relation}
        await client.room_send(room.room_id, "m.room.message", content)

    client.add_event_callback(answer, RoomMessageText)
    await client.sync_forever(timeout=30_000)


if __name__ == "__main__":
    asyncio.run(echo(sys.argv[1], int(sys.argv[2])))
