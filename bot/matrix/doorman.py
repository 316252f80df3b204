"""Answers invitations: goes into direct rooms, and leaves rooms that are none of its business.

An invitation is a row, kept with the batch it came in; it is followed or declined behind the line,
and tried again until it is answered or a day old. Whoever invites by the thousand costs one leave
a second and one message a day, and stands in nobody's way: direct rooms go first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus

import structlog

from bot.dispatch.post import Occasion, Post
from bot.domain.answer import Direct, Reply
from bot.domain.model import Invitation
from bot.domain.rooms import Say
from bot.matrix.belongings import leave, strange_rooms
from bot.matrix.directs import Directs
from bot.matrix.ears import Batch
from bot.matrix.retries import Retries
from bot.matrix.wire import MatrixRefusal, Unreachable, Wire
from bot.store import holdings, invitations, letters, rooms
from bot.store.engine import Store

log = structlog.get_logger()

FIRST_REST = 0.2  # seconds: an invitation from another server may be here before it is there
LEAVES_APART = 1.0  # seconds between two rooms that are left
GIVEN_UP = timedelta(days=1)
TOLD_AGAIN = timedelta(days=1)
STRANGERS_ROOMS = 3
"""With somebody who holds no function the bot goes into no more direct rooms than these."""
ROUND = "the look at all rooms"
GONE = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})


@dataclass
class Doorman:
    """One doorman for the whole house. `wrote` is called when there is a letter to carry."""

    store: Store
    wire: Wire
    directs: Directs
    post: Post
    region: str
    say: Say
    now: Callable[[], datetime]
    wrote: Callable[[], None]
    _wanted: asyncio.Event = field(default_factory=asyncio.Event)
    _looked: bool = False

    def __post_init__(self) -> None:
        """Set up the clock that each invitation has of its own."""
        self._retries = Retries(FIRST_REST)

    def wake(self) -> None:
        """Say that there may be invitations."""
        self._wanted.set()

    def hear(self, batch: Batch) -> None:
        """Answer at once what has been kept."""
        if batch.invites:
            self.wake()

    async def run(self) -> None:
        """Answer until cancelled; at the start also look for rooms it should not be in."""
        self.wake()
        while True:
            rests = self._retries.next_in()
            try:
                async with asyncio.timeout(rests):
                    await self._wanted.wait()
            except TimeoutError:
                log.debug("invites.tried_again")
            self._wanted.clear()
            try:
                if not self._looked and self._retries.is_due(ROUND):
                    await self._look_round()
                await self._answer_all()
            except Exception:
                log.exception("invites.unanswered")
                self._retries.failed(ROUND)

    async def _look_round(self) -> None:
        """Find rooms that the bot is in without being asked for by the law or by anybody."""
        try:
            async with self.store.read() as session:
                known = {room.room_id for room in await rooms.every(session)}
            found = await strange_rooms(self.wire, self.directs.me, known)
        except (MatrixRefusal, Unreachable) as silent:
            log.warning("rooms.unseen", why=str(silent))
            self._retries.failed(ROUND)
            return
        async with self.store.begin() as session:
            await invitations.note(
                session,
                [Invitation(room_id=it, inviter=who, heard_at=self.now()) for it, who in found],
            )
        self._looked = True
        self._retries.worked(ROUND)

    async def _answer_all(self) -> None:
        async with self.store.read() as session:
            waiting = await invitations.waiting(session)
        self._retries.keep({each.room_id for each in waiting} | {ROUND})
        due = [each for each in waiting if self._retries.is_due(each.room_id)]
        for each in due:
            left = await self._tried(each)
            if left:  # the rest in a moment, and whoever wants a direct room before them
                await asyncio.sleep(LEAVES_APART)
                self.wake()
                return

    async def _tried(self, invitation: Invitation) -> bool:
        """Answer one, if it can be now; tell whether a room was left."""
        try:
            return await self._answer(invitation)
        except (MatrixRefusal, Unreachable) as refused:
            late = self.now() - invitation.heard_at > GIVEN_UP
            log.warning(
                "invite.refused", room_id=invitation.room_id, inviter=invitation.inviter,
                why=str(refused), given_up=late,
            )  # fmt: skip
            if late:
                await self._done(invitation)
            else:
                self._retries.failed(invitation.room_id)
        return False

    async def _answer(self, invitation: Invitation) -> bool:
        async with self.store.read() as session:
            known = bool(await holdings.held_by(session, invitation.inviter, self.now()))
            ours = await rooms.key_of(session, invitation.room_id) is not None
            shared = await rooms.shared(session, self.directs.me, invitation.inviter)
        known = known or invitation.inviter in self.post.operators
        welcome = invitation.direct and (known or shared < STRANGERS_ROOMS)
        if not ours and not welcome:
            await self._turn_away(invitation, known=known)
            return True
        await self.directs.adopt(invitation.room_id, invitation.inviter)
        await self._done(invitation)
        return False

    async def _turn_away(self, invitation: Invitation, *, known: bool) -> None:
        """Leave with the reason; who has a function here is told once a day, and where to go.

        A stranger reads the reason in their room: no room is made for whoever asks.
        """
        why = self.say("invite/reason", {"region": self.region, "direct": invitation.direct})
        try:
            await leave(self.wire, invitation.room_id, why)
        except MatrixRefusal as refused:
            if refused.for_now or refused.status not in GONE:
                raise
        log.info("room.left", room_id=invitation.room_id, inviter=invitation.inviter)
        await self._done(invitation, tell=known and not invitation.direct)

    async def _done(self, invitation: Invitation, *, tell: bool = False) -> None:
        now, who = self.now(), invitation.inviter
        async with self.store.begin() as session:
            await invitations.answered(session, invitation.room_id)
            if tell and not await invitations.told_since(session, who, now - TOLD_AGAIN):
                await invitations.tell(session, who, now)
                told = Reply("invite/not_ours", {"region": self.region}, to=Direct(who))
                await letters.write(session, await self.post.write(session, [told], Occasion(now)))
        self._retries.worked(invitation.room_id)
        self.wrote()
