"""What ours is measured against: matrix-nio alone, answering each message as it comes.

python -m tests.benchmarks.bare_bot HOMESERVER LENGTH [FOLDER]

LENGTH of each answer, in characters. With a FOLDER for its keys it reads and writes encrypted.
"""

from __future__ import annotations

import asyncio
import sys

from nio import AsyncClient, AsyncClientConfig, MatrixRoom, RoomMessageText

ME, DEVICE = "@samverkan:null.example", "NULL"


async def echo(homeserver: str, length: int, folder: str | None) -> None:
    """Answer for ever."""
    sealed = AsyncClientConfig(encryption_enabled=folder is not None)
    client = AsyncClient(homeserver, ME, DEVICE, folder or "", sealed)
    client.restore_login(ME, DEVICE, f"{ME}|{DEVICE}")
    text = "x" * length

    async def answer(room: MatrixRoom, event: RoomMessageText) -> None:
        relation = {"m.in_reply_to": {"event_id": event.event_id}}
        content = {"msgtype": "m.notice", "body": text, "m.relates_to": relation}
        await client.room_send(
            room.room_id, "m.room.message", content, ignore_unverified_devices=True
        )

    client.add_event_callback(answer, RoomMessageText)
    await client.sync_forever(timeout=30_000)


if __name__ == "__main__":
    asyncio.run(echo(sys.argv[1], int(sys.argv[2]), sys.argv[3] if sys.argv[3:] else None))
