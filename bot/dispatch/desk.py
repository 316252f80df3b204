"""One event, or one ring of the bell: one savepoint, and answers written as letters."""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.asking import Ask, Ring
from bot.asking.command import listed
from bot.dispatch.asker import Asker, Known
from bot.dispatch.catalogue import Catalogue
from bot.dispatch.grammar import bind
from bot.dispatch.hearing import Wish, wish
from bot.dispatch.post import Occasion, Post
from bot.dispatch.refusing import refused
from bot.domain.answer import Refusal, Reply
from bot.domain.incoming import (
    Echoed,
    Event,
    Incoming,
    Moved,
    Reacted,
    Said,
    Sealed,
    Unreadable,
    Voted,
)
from bot.domain.model import Deadline, Letter
from bot.domain.region import Region
from bot.store import deadlines, handled, letters, people, rooms

log = structlog.get_logger()

TRY_AGAIN = timedelta(minutes=1)  # after a deadline whose handler failed


Asks = Said | Reacted | Voted


@dataclass
class Work:
    """One batch on the desk: what was looked up for it, and what it leaves behind."""

    known: Known
    handled_before: set[str]
    handled_now: list[str] = field(default_factory=list)
    outbox: list[Letter] = field(default_factory=list)

    def first_time(self, event_id: str) -> bool:
        """Tell whether the event is new, and remember it from now on."""
        if event_id in self.handled_before:
            return False
        self.handled_before.add(event_id)
        self.handled_now.append(event_id)
        return True


@dataclass
class Desk:
    """Where everything heard is dealt with."""

    region: Region
    catalogue: Catalogue
    post: Post

    def __post_init__(self) -> None:
        """Set up what finds out who asks."""
        self._asker = Asker(self.region, tuple(self.catalogue.commands()))

    async def hear(self, session: AsyncSession, events: Sequence[Incoming], now: datetime) -> None:
        """Deal with what has come in one answer, in order.

        What goes wrong in an event is undone, said and logged; never raised. The bot's own echoes
        are noted first: that a letter has arrived is true whatever came before it. What every
        event needs is looked up at once, and what each leaves behind is written at once.
        """
        echoes = {event.letter: event.event_id for event in events if isinstance(event, Echoed)}
        await letters.mark_sent(session, echoes, now)
        asked = [event for event in events if isinstance(event, Asks)]
        known = await self._asker.look_up(session, asked, now)
        handled_before = await handled.among(session, [event.event_id for event in asked])
        work = Work(known, handled_before)
        for event in events:
            await self._hear(work, event)
        await handled.remember(session, work.handled_now, now)
        await letters.write(session, work.outbox)

    async def _hear(self, work: Work, event: Incoming) -> None:
        match event:
            case Moved():
                await self._moved(work.known.session, event, work.known.now)
            case Sealed():
                await rooms.seal(work.known.session, event.room_id)
            case Unreadable():
                log.warning("event.unreadable", sender=event.sender, event_id=event.event_id)
            case Said() | Reacted() | Voted():
                ask = await self._asker.ask(event, work.known)
                if ask is not None:
                    await self._answer(work, event, ask)

    async def ring(self, session: AsyncSession, deadline: Deadline, now: datetime) -> None:
        """Deal with a deadline that has come; one of a kind nobody knows is let go and logged.

        One that has been put off or taken away since it was listed is left alone.
        """
        kind, subject = deadline.kind, deadline.subject  # what fails may take the row's values
        if not await deadlines.rung(session, deadline, now):
            return
        known = self.catalogue.kinds.get(kind)
        if known is None:
            log.warning("deadline.unknown", kind=kind, subject=subject)
            return
        ring = Ring(session, self.region, now, subject, deadline.due_at)
        try:
            async with session.begin_nested():
                answers = listed(await known.run(ring))
                await letters.write(session, await self.post.write(session, answers, Occasion(now)))
        except Exception:
            log.exception("deadline.failed", kind=kind, subject=subject)
            await deadlines.set_(session, kind, subject, now + TRY_AGAIN)

    async def _moved(self, session: AsyncSession, event: Moved, now: datetime) -> None:
        before = await rooms.membership(session, event.room_id, event.mxid)
        if before == event.membership:
            return
        by_choice = event.membership == "leave" and not event.by_us
        await rooms.moved(
            session, event.room_id, event.mxid, event.membership, now, by_choice=by_choice
        )
        await deadlines.set_(session, "member.moved", f"{event.room_id} {event.mxid}", now)

    async def _answer(self, work: Work, event: Event, ask: Ask) -> None:
        try:
            work.outbox += await self._answered(work, event, ask)
        except Exception:
            reference = secrets.token_hex(3)
            log.exception("event.failed", event_id=event.event_id, reference=reference)
            sorry = Reply("refusal/broken", {"reference": reference})
            work.outbox += await self.post.write(ask.session, [sorry], _occasion(ask))

    async def _answered(self, work: Work, event: Event, ask: Ask) -> list[Letter]:
        found: Wish | None = None
        try:
            found = wish(self.catalogue, event, ask)
            if found is None or not work.first_time(event.event_id):
                return []
            ask = await _in_language(found, ask)
            return await self._run(found, ask, _occasion(ask, found), work.outbox)
        except Refusal as refusal:
            if found is None and not work.first_time(event.event_id):
                return []
            answer = await refused(refusal, found, ask)
            return await self.post.write(ask.session, [answer], _occasion(ask, found))

    async def _run(
        self, found: Wish, ask: Ask, occasion: Occasion, before: Sequence[Letter]
    ) -> list[Letter]:
        async with ask.session.begin_nested():
            arguments = bind(found.command, found.words, ask)
            answers = listed(await found.command.run(ask, **arguments))
            return await self.post.write(ask.session, answers, occasion, before)


async def _in_language(found: Wish, ask: Ask) -> Ask:
    """Go on in the language of the verb; in a direct room it is kept for what comes later."""
    if found.language is None or found.language == ask.language:
        return ask
    if ask.direct:
        await people.set_language(ask.session, ask.mxid, found.language)
    return dataclasses.replace(ask, language=found.language)


def _occasion(ask: Ask, found: Wish | None = None) -> Occasion:
    """Tell what is answered: in a room of many the region's language, unless a verb says which."""
    spoken = found.language if found else None
    language = ask.language if ask.direct else spoken
    return Occasion(ask.now, ask.place, language, ask.event_id)
