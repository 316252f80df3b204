"""Keeps the members and the pinned register of every room as the history says, again and again.

Nothing here decides: `membership_plan` does. A step that fails is tried again on its own clock,
and the loop goes on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import structlog

from bot.domain.membership import Invite, Kick, Move, membership_plan
from bot.domain.model import Member
from bot.domain.region import Region
from bot.domain.rooms import RoomSettings, Say, forum_key
from bot.matrix.retries import Retries
from bot.matrix.room_reader import CLIENT, SIDE_BY_SIDE
from bot.matrix.wire import MatrixRefusal, Unreachable, Wire, quote
from bot.store import deadlines, kept, rooms
from bot.store.belonging import OWN_ACCOUNTS, Belonging, belonging
from bot.store.engine import Store

log = structlog.get_logger()

PINS = "m.room.pinned_events"
WHOLE = "the whole look"


class Reconciler:
    """Compares who is in the rooms with who belongs there, and mends what differs."""

    def __init__(  # noqa: PLR0913, PLR0917 - what it stands between
        self,
        wire: Wire,
        store: Store,
        region: Region,
        settings: RoomSettings,
        say: Say,
        clock: Callable[[], datetime],
    ) -> None:
        self._wire = wire
        self._store = store
        self._region = region
        self._settings = settings
        self._say = say
        self._clock = clock
        self._woken = asyncio.Event()
        self._woken.set()
        self._busy = False
        self._fresh = False
        self._turns = asyncio.Semaphore(SIDE_BY_SIDE)
        self._retries = Retries()
        self._pinned: dict[str, str] = {}

    @property
    def idle(self) -> bool:
        """Tell whether everything it was woken for is done, or waits to be tried again."""
        return not self._busy and not self._woken.is_set()

    def wake(self) -> None:
        """Have a look as soon as possible: something has changed."""
        self._woken.set()

    async def run(self) -> None:
        """Mend for ever; ends only when cancelled."""
        while True:
            try:
                await asyncio.wait_for(self._woken.wait(), self._retries.next_in())
            except TimeoutError:
                log.debug("members.tried_again")
            self._busy = True
            self._woken.clear()
            await self._guarded(self._turn())
            self._busy = False

    async def _turn(self) -> None:
        """Look once; the first time, or after that failed, at the rooms themselves too."""
        if not self._fresh:
            await self.refresh()
        await self.once(self._clock())

    async def refresh(self) -> None:
        """Read who is in every room: they moved while the bot was away or forgot (a backup)."""
        async with self._store.read() as session:
            known = await belonging(session)
        for key, room_id in known.rooms.items():
            await self._refresh_room(room_id, known.members[key])
        own = " ".join((self._settings.bot, *self._settings.creators))
        async with self._store.begin() as session:
            await kept.put(session, OWN_ACCOUNTS, own)
        self._fresh = True

    async def once(self, now: datetime) -> tuple[Move, ...]:
        """Carry out what is due now; give what was done."""
        async with self._store.read() as session:
            known = await belonging(session)
        moves = membership_plan(self._region, known.holdings, known.members, now, known.called)
        self._retries.keep({_name(move) for move in moves} | {WHOLE, PINS})
        due = [move for move in moves if self._retries.is_due(_name(move))]
        outcomes = await asyncio.gather(*(self._carry(move, known) for move in due))
        done = tuple(move for move, well in zip(due, outcomes, strict=True) if well)
        await self._note(done, known, now)
        await self._pin_all(known)
        return done

    async def _guarded(self, work: Any) -> None:  # noqa: ANN401 - a coroutine of any kind
        """Let nothing end the loop: what failed is logged, and tried again at the next turn."""
        try:
            await work
        except (MatrixRefusal, Unreachable) as error:
            log.warning("members.unreconciled", error=str(error))
            self._retries.failed(WHOLE)
        except Exception:
            log.exception("members.unreconciled")
            self._retries.failed(WHOLE)
        else:
            self._retries.worked(WHOLE)

    async def _carry(self, move: Move, known: Belonging) -> bool:
        """Carry one move out; tell whether the room is now as wanted."""
        room_id = known.rooms[move.key]
        verb = "invite" if isinstance(move, Invite) else "kick"
        body = {"user_id": move.mxid}
        if isinstance(move, Kick):
            body["reason"] = self._say("room/why", move.why.told)
        try:
            async with self._turns:
                await self._wire.call("POST", f"{CLIENT}/rooms/{quote(room_id)}/{verb}", body)
        except (MatrixRefusal, Unreachable) as error:
            what = "member.invite_refused" if verb == "invite" else "member.kick_refused"
            log.warning(what, key=move.key, mxid=move.mxid, error=str(error))
            self._retries.failed(_name(move))
            await self._mend(room_id, move.mxid, known.members[move.key].get(move.mxid))
            return False
        log.info("member.asked_to", verb=verb, key=move.key, mxid=move.mxid)
        self._retries.worked(_name(move))
        return True

    async def _note(self, done: tuple[Move, ...], known: Belonging, now: datetime) -> None:
        """Note what was done, unless the room itself has said something newer meanwhile."""
        if not done:
            return
        async with self._store.begin() as session:
            for move in done:
                room_id = known.rooms[move.key]
                seen = known.members[move.key].get(move.mxid)
                rows = {row.mxid: row for row in await rooms.members(session, room_id)}
                if _membership(rows.get(move.mxid)) == _membership(seen):
                    new = "invite" if isinstance(move, Invite) else "leave"
                    await rooms.moved(session, room_id, move.mxid, new, now)

    async def _mend(self, room_id: str, mxid: str, seen: Member | None) -> None:
        """Ask the room about somebody it would not move: perhaps they are there already."""
        path = f"{CLIENT}/rooms/{quote(room_id)}/state/m.room.member/{quote(mxid)}"
        try:
            there = str((await self._wire.call("GET", path)).get("membership"))
        except (MatrixRefusal, Unreachable):
            return
        if there != _membership(seen) and there != "leave":
            async with self._store.begin() as session:
                await rooms.moved(session, room_id, mxid, there, self._clock())

    async def _refresh_room(self, room_id: str, seen: Mapping[str, Member]) -> None:
        """Note what a room says of its people, where that is not what we remember."""
        answer = await self._wire.call("GET", f"{CLIENT}/rooms/{quote(room_id)}/members")
        news = [
            event
            for event in answer.get("chunk", [])
            if event["content"].get("membership") != _membership(seen.get(event["state_key"]))
        ]
        if not news:
            return
        async with self._store.begin() as session:
            for event in news:
                mxid, membership = event["state_key"], event["content"]["membership"]
                by_choice = membership == "leave" and event["sender"] == mxid
                since = datetime.fromtimestamp(event["origin_server_ts"] / 1000, UTC)
                now = self._clock()
                at = min(since, now)
                await rooms.moved(session, room_id, mxid, membership, at, by_choice=by_choice)
                await deadlines.set_(session, "member.moved", f"{room_id} {mxid}", now)

    async def _pin_all(self, known: Belonging) -> None:
        """Pin what is not pinned; what failed is tried again later."""
        pins = self._unpinned(known)
        if not self._retries.is_due(PINS):
            return
        if all(await asyncio.gather(*(self._pin(*pin) for pin in pins))):
            self._retries.worked(PINS)
        else:
            self._retries.failed(PINS)

    def _unpinned(self, known: Belonging) -> list[tuple[str, str]]:
        """List the rooms and the register messages that are not known to be pinned there."""
        pairs = [
            (known.rooms[forum_key(forum)], event_id)
            for forum, event_id in known.registers.items()
            if forum_key(forum) in known.rooms
        ]
        return [(room, event) for room, event in pairs if self._pinned.get(room) != event]

    async def _pin(self, room_id: str, event_id: str) -> bool:
        """Pin the register message before whatever else is pinned."""
        path = f"{CLIENT}/rooms/{quote(room_id)}/state/{PINS}/"
        try:
            async with self._turns:
                pinned = await self._pins(path)
                if event_id not in pinned:
                    await self._wire.call("PUT", path, {"pinned": [event_id, *pinned]})
        except (MatrixRefusal, Unreachable) as error:
            log.warning("register.not_pinned", room_id=room_id, error=str(error))
            return False
        self._pinned[room_id] = event_id
        return True

    async def _pins(self, path: str) -> list[str]:
        try:
            return [str(each) for each in (await self._wire.call("GET", path)).get("pinned", [])]
        except MatrixRefusal as refusal:
            if refusal.errcode == "M_NOT_FOUND":
                return []
            raise


def _name(move: Move) -> str:
    """Name a move, so that another try is known as the same."""
    return f"{type(move).__name__} {move.key} {move.mxid}"


def _membership(member: Member | None) -> str | None:
    """Give what a room last said, or None."""
    return None if member is None else member.membership
