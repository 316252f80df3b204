"""One event, or one ring of the bell: one savepoint, and answers written as letters."""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.asking import Ask, Ring
from bot.asking.command import listed
from bot.dispatch.asker import Asker
from bot.dispatch.catalogue import Catalogue
from bot.dispatch.grammar import bind
from bot.dispatch.hearing import Wish, wish
from bot.dispatch.post import Occasion, Post
from bot.domain.answer import Refusal, Reply
from bot.domain.incoming import Echoed, Event, Incoming, Moved, Unreadable
from bot.domain.model import Deadline
from bot.domain.region import Region
from bot.store import deadlines, handled, letters, people, rooms

log = structlog.get_logger()

TRY_AGAIN = timedelta(minutes=1)  # after a deadline whose handler failed


@dataclass
class Desk:
    """Where everything heard is dealt with."""

    region: Region
    catalogue: Catalogue
    post: Post

    def __post_init__(self) -> None:
        """Set up what finds out who asks."""
        self._asker = Asker(self.region, tuple(self.catalogue.commands()))

    async def hear_all(
        self, session: AsyncSession, events: Sequence[Incoming], now: datetime
    ) -> None:
        """Deal with what has come in one answer, in order; the bot's own echoes all at once.

        An echo says that a letter has arrived, which is true whatever came before it.
        """
        echoes = {event.letter: event.event_id for event in events if isinstance(event, Echoed)}
        await letters.mark_sent(session, echoes, now)
        for event in events:
            if not isinstance(event, Echoed):
                await self.hear(session, event, now)

    async def hear(self, session: AsyncSession, event: Incoming, now: datetime) -> None:
        """Deal with one event. What goes wrong in it is undone, said and logged; never raised."""
        match event:
            case Echoed():
                await letters.mark_sent(session, {event.letter: event.event_id}, now)
            case Moved():
                await self._moved(session, event, now)
            case Unreadable():
                log.warning("event.unreadable", sender=event.sender, event_id=event.event_id)
            case _:
                ask = await self._asker.ask(session, event, now)
                if ask is not None:
                    await self._answer(session, event, ask)

    async def ring(self, session: AsyncSession, deadline: Deadline, now: datetime) -> None:
        """Deal with a deadline that has come; one of a kind nobody knows is let go and logged."""
        await deadlines.rung(session, deadline, now)
        kind = self.catalogue.kinds.get(deadline.kind)
        if kind is None:
            log.warning("deadline.unknown", kind=deadline.kind, subject=deadline.subject)
            return
        ring = Ring(session, self.region, now, deadline.subject, deadline.due_at)
        try:
            async with session.begin_nested():
                answers = listed(await kind.run(ring))
                await self.post.write(session, answers, Occasion(now))
        except Exception:
            log.exception("deadline.failed", kind=deadline.kind, subject=deadline.subject)
            await deadlines.set_(session, deadline.kind, deadline.subject, now + TRY_AGAIN)

    async def _moved(self, session: AsyncSession, event: Moved, now: datetime) -> None:
        before = await rooms.membership(session, event.room_id, event.mxid)
        if before == event.membership:
            return
        by_choice = event.membership == "leave" and not event.by_us
        await rooms.moved(
            session, event.room_id, event.mxid, event.membership, now, by_choice=by_choice
        )
        await deadlines.set_(session, "member.moved", f"{event.room_id} {event.mxid}", now)

    async def _answer(self, session: AsyncSession, event: Event, ask: Ask) -> None:
        occasion = Occasion(ask.now, ask.place, ask.language, ask.event_id)
        found: Wish | None = None
        try:
            found = wish(self.catalogue, event, ask)
            if found is None or not await handled.first_time(session, event.event_id, ask.now):
                return
            if found.language:
                ask = dataclasses.replace(ask, language=found.language)
                occasion = dataclasses.replace(occasion, language=found.language)
                if ask.direct:
                    await people.set_language(session, ask.mxid, ask.language)
            await self._run(found, ask, occasion)
        except Refusal as refusal:
            await self.post.write(session, [_refused(found, refusal)], occasion)
        except Exception:
            reference = secrets.token_hex(3)
            log.exception("event.failed", event_id=event.event_id, reference=reference)
            sorry = Reply("refusal/broken", {"reference": reference})
            await self.post.write(session, [sorry], occasion)

    async def _run(self, found: Wish, ask: Ask, occasion: Occasion) -> None:
        async with ask.session.begin_nested():
            arguments = bind(found.command, found.words, ask)
            answers = listed(await found.command.run(ask, **arguments))
            await self.post.write(ask.session, answers, occasion)


def _refused(found: Wish | None, refusal: Refusal) -> Reply:
    command = found.command.name if found else None
    return Reply(f"refusal/{refusal.name}", {"command": command, **refusal.facts})
