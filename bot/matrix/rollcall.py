"""Asks the rooms who is in them, where the bot's memory may be wrong.

They moved while it was away, or its memory is older than the rooms: a backup that was restored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import Member
from bot.matrix.room_reader import CLIENT
from bot.matrix.wire import MatrixRefusal, Unreachable, Wire, quote
from bot.store import deadlines, rooms
from bot.store.engine import Store


class Rollcall:
    """What the rooms say, written into the memory."""

    def __init__(self, wire: Wire, store: Store, me: str, clock: Callable[[], datetime]) -> None:
        self._wire = wire
        self._store = store
        self._me = me
        self._clock = clock

    async def of_room(self, room_id: str, seen: Mapping[str, Member]) -> None:
        """Note what a room says of its people, where that is not what is remembered."""
        answer = await self._wire.call("GET", f"{CLIENT}/rooms/{quote(room_id)}/members")
        news = [
            event
            for event in answer.get("chunk", [])
            if event["content"].get("membership") != membership(seen.get(event["state_key"]))
        ]
        if news:
            async with self._store.begin() as session:
                for event in news:
                    await self._note(session, room_id, event)

    async def of_person(self, room_id: str, mxid: str, seen: Member | None) -> None:
        """Ask a room about somebody it would not move: perhaps they are there already."""
        path = f"{CLIENT}/rooms/{quote(room_id)}/state/m.room.member/{quote(mxid)}"
        try:
            there = str((await self._wire.call("GET", path)).get("membership"))
        except (MatrixRefusal, Unreachable):
            return
        if there not in {membership(seen), "leave"}:
            async with self._store.begin() as session:
                await rooms.moved(session, room_id, mxid, there, self._clock())

    async def _note(self, session: AsyncSession, room_id: str, event: Mapping[str, Any]) -> None:
        """Note where a person is, since when, and have it looked at as if it were heard."""
        mxid, where = event["state_key"], event["content"]["membership"]
        now = self._clock()
        since = min(now, datetime.fromtimestamp(event["origin_server_ts"] / 1000, UTC))
        by_choice = where == "leave" and event["sender"] != self._me
        await rooms.moved(session, room_id, mxid, where, since, by_choice=by_choice)
        await deadlines.set_(session, "member.moved", f"{room_id} {mxid}", now)


def membership(member: Member | None) -> str | None:
    """Give what a room last said of somebody, or None."""
    return None if member is None else member.membership
