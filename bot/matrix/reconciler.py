"""Keeps the members of every room as the history says, again and again.

Nothing here decides: `membership_plan` does. A step that fails is tried again on its own clock,
and the loop goes on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from bot.domain.incoming import Moved
from bot.domain.membership import Invite, Kick, Move, listeners, membership_plan
from bot.domain.region import Region
from bot.domain.rooms import EXERCISE, SPACE, RoomSettings, Say, forum_of
from bot.domain.silences import server_of
from bot.matrix.ears import Batch
from bot.matrix.listening import LISTENERS, Listening
from bot.matrix.pins import PINS, Pins
from bot.matrix.retries import Retries
from bot.matrix.rollcall import Rollcall, membership
from bot.matrix.room_reader import CLIENT, SIDE_BY_SIDE
from bot.matrix.wire import MatrixRefusal, Unreachable, Wire, quote
from bot.store import kept, law, rooms
from bot.store.belonging import OWN_ACCOUNTS, Belonging, belonging
from bot.store.engine import Store

log = structlog.get_logger()

WHOLE = "the whole look"
GLANCE_SECONDS = 1.0
"""Of the machine's own time: the crowd that comes in on our invitations is looked at together."""
EXPECTED = frozenset({"join", "invite"})
"""Memberships that `membership_plan` never makes a move of."""


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
        self._rollcall = Rollcall(wire, store, settings.bot, clock)
        self._retries = Retries()
        self._pins = Pins(wire, self._retries)
        self._listening = Listening(wire, self._retries)
        self._turns = asyncio.Semaphore(SIDE_BY_SIDE)
        self._woken = asyncio.Event()
        self._woken.set()
        self._glance: asyncio.TimerHandle | None = None
        self._busy = False
        self._fresh = False

    @property
    def idle(self) -> bool:
        """Tell whether everything it was woken for is done, or waits to be tried again."""
        return not self._busy and not self._woken.is_set()

    def wake(self) -> None:
        """Have a look as soon as possible: something has changed."""
        self._woken.set()

    def returned(self, server: str) -> None:
        """Take in that a homeserver answers again: its people are invited at once."""
        self._retries.returned(f":{server}")
        self.wake()

    def hear(self, batch: Batch) -> None:
        """Look at once when somebody has left; in a moment, when they came as we asked them to."""
        moved = [event for event in batch.events if isinstance(event, Moved)]
        if any(event.membership not in EXPECTED and not event.by_us for event in moved):
            self.wake()
        elif moved and self._glance is None:
            self._glance = asyncio.get_running_loop().call_later(GLANCE_SECONDS, self.wake)

    async def run(self) -> None:
        """Mend for ever; ends only when cancelled."""
        while True:
            try:
                async with asyncio.timeout(self._retries.next_in()):
                    await self._woken.wait()
            except TimeoutError:
                log.debug("members.tried_again")
            self._busy = True
            self._woken.clear()
            if self._glance is not None:
                self._glance.cancel()
                self._glance = None
            await self._turn()
            self._busy = False

    async def _turn(self) -> None:
        """Look once; the first time at the rooms themselves too. Let nothing end the loop."""
        try:
            if not self._fresh:
                await self.refresh()
            await self.once(self._clock())
        except Exception as error:
            expected = isinstance(error, MatrixRefusal | Unreachable)
            log.warning("members.unreconciled", error=str(error), exc_info=not expected)
            self._rest(WHOLE, error)
        else:
            self._retries.worked(WHOLE)

    async def refresh(self) -> None:
        """Read who is in every room, and say which accounts are the bot's own."""
        own = " ".join((self._settings.bot, *self._settings.creators))
        async with self._store.begin() as session:  # first: nobody is told of these as strangers
            await kept.put(session, OWN_ACCOUNTS, own)
            known = await belonging(session)
        for key, room_id in known.rooms.items():
            try:
                await self._rollcall.of_room(room_id, known.members[key])
            except MatrixRefusal as refusal:  # it is gone, or closed to us: the others are there
                if refusal.for_now:
                    raise
                log.warning("room.unseen", key=key, room_id=room_id, why=str(refusal))
        self._fresh = True

    async def once(self, now: datetime) -> tuple[Move, ...]:
        """Carry out what is due now; give what was done."""
        async with self._store.read() as session:
            known = await belonging(session)
            region = await law.seen(session, self._region)
        moves = tuple(
            move
            for world in (region, *region.exercises.values())
            for move in self._moves(world, known, now)
        )
        self._retries.keep({_name(move) for move in moves} | {WHOLE, PINS, LISTENERS})
        due = [move for move in moves if self._retries.is_due(_name(move))]
        outcomes = await asyncio.gather(*(self._carry(move, known) for move in due))
        done = tuple(move for move, well in zip(due, outcomes, strict=True) if well)
        await self._note(done, known, now)
        await self._pins.keep(known)
        silent = listeners(region, known.holdings, known.members, now)
        await self._listening.keep({known.rooms[key]: them for key, them in silent.items()})
        return done

    def _moves(self, region: Region, known: Belonging, now: datetime) -> Iterator[Move]:
        """List the moves of the region, or of an exercise; that one has a Space of its own."""
        space = f"{EXERCISE}{region.practised}" if region.exercise else SPACE
        members = {(SPACE if key == space else key): its for key, its in known.members.items()}
        if space not in known.members:
            members.pop(SPACE, None)
        for move in membership_plan(
            region,
            known.holdings,
            members,
            now,
            called={code: its for code, its in known.called.items() if code in region.forums},
            creators=() if region.exercise else self._settings.creators,
            home=server_of(self._settings.bot),
        ):
            yield replace(move, key=space) if move.key == SPACE else move

    async def _carry(self, move: Move, known: Belonging) -> bool:
        """Carry one move out; tell whether the room is now as wanted."""
        room_id = known.rooms[move.key]
        verb = "invite" if isinstance(move, Invite) else "kick"
        body = {"user_id": move.mxid}
        if isinstance(move, Kick):
            body["reason"] = self._say("room/why", move.why.told)
        if code := _exercise_of(move, known):
            mark = self._say("exercise/mark", {"exercise": code})
            body["reason"] = f"{mark}. {self._say('room/why', move.why.told)}"
        try:
            async with self._turns:
                await self._wire.call("POST", f"{CLIENT}/rooms/{quote(room_id)}/{verb}", body)
        except (MatrixRefusal, Unreachable) as error:
            what = "member.invite_refused" if verb == "invite" else "member.kick_refused"
            log.warning(what, key=move.key, mxid=move.mxid, error=str(error))
            self._rest(_name(move), error)
            seen = known.members[move.key].get(move.mxid)
            await self._rollcall.of_person(room_id, move.mxid, seen)
            return False
        self._retries.worked(_name(move))
        return True

    def _rest(self, name: str, error: Exception) -> None:
        """Try it again later: the longer the oftener it failed, but for a homeserver away."""
        away = isinstance(error, Unreachable) and error.away
        self._retries.silent(name) if away else self._retries.failed(name)

    async def _note(self, done: Sequence[Move], known: Belonging, now: datetime) -> None:
        """Note what was done, unless the room itself has said something newer meanwhile."""
        if not done:
            return
        async with self._store.begin() as session:
            for move in done:
                seen = known.members[move.key].get(move.mxid)
                there = await rooms.membership(session, known.rooms[move.key], move.mxid)
                if there == membership(seen):
                    new = "invite" if isinstance(move, Invite) else "leave"
                    await rooms.moved(session, known.rooms[move.key], move.mxid, new, now)


def _exercise_of(move: Move, known: Belonging) -> str | None:
    """Give the exercise whose room a move is about, by the room's key; None for a real one."""
    if move.key.startswith(EXERCISE):
        return move.key.removeprefix(EXERCISE)
    code = (forum_of(move.key) or "").partition("-")[0]
    return code if EXERCISE + code in known.rooms else None


def _name(move: Move) -> str:
    """Name a move, so that another try is known as the same."""
    return f"{type(move).__name__} {move.key} {move.mxid}"
