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
from bot.dispatch import unheard
from bot.dispatch.ageing import Aged
from bot.dispatch.asker import Asker, Known
from bot.dispatch.ballots import of_its_own
from bot.dispatch.catalogue import Catalogue
from bot.dispatch.grammar import bind, fill_in
from bot.dispatch.hearing import Wish, wish
from bot.dispatch.holding import taken_up
from bot.dispatch.lone_digit import about_the_one
from bot.dispatch.origin import Trust, again, doubted
from bot.dispatch.pace import Pace
from bot.dispatch.post import Occasion, Post
from bot.dispatch.refusing import refused
from bot.dispatch.replays import once
from bot.dispatch.signs import Signs
from bot.dispatch.undoing import Undoes, undone
from bot.dispatch.within import goes_on, keep_within
from bot.domain.answer import Answer, InForum, InRoom, Refusal, Reply
from bot.domain.incoming import (
    Again,
    Echoed,
    Equipped,
    Event,
    Forged,
    Moved,
    PollEnded,
    Reacted,
    Reported,
    Said,
    Sealed,
    TakenBack,
    Troubled,
    Unreadable,
    Voted,
)
from bot.domain.model import Deadline, Letter
from bot.domain.recap import RECAP, equipped
from bot.domain.region import Region
from bot.procedures import alarms, former
from bot.procedures.alarms import Alarm
from bot.store import (
    deadlines,
    exercises,
    handled,
    identities,
    kept,
    law,
    letters,
    people,
    rooms,
    subjects,
    unread,
)

log = structlog.get_logger()

TRY_AGAIN = timedelta(minutes=1)  # after a deadline whose handler failed


Asks = Said | Reacted | Voted
Looked = Asks | Undoes | Forged
"""What may be about something the bot has said, and must be known to come but once."""


@dataclass
class Work:
    """One batch on the desk: what was looked up for it, and what it leaves behind."""

    known: Known
    handled_before: set[str]
    handled_now: list[str] = field(default_factory=list)
    outbox: list[Letter] = field(default_factory=list)
    again: bool = False
    """Heard before, and laid aside: it has been counted for its sender's pace."""
    aged: Aged = field(default_factory=Aged)

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
    trust: Trust = field(default_factory=Trust)

    def __post_init__(self) -> None:
        """Set up what finds out who asks."""
        self._asker = Asker(self.region, tuple(self.catalogue.commands()), self.post.operators)
        self._pace = Pace()
        self._signs = Signs()

    async def hear(
        self, session: AsyncSession, events: Sequence[Reported], now: datetime
    ) -> frozenset[str]:
        """Deal with what has come in one answer, in order; give the events answered where they are.

        What goes wrong in an event is undone, said and logged; never raised. The bot's own echoes
        are noted first: that a letter has arrived is true whatever came before it. What every
        event needs is looked up at once, and what each leaves behind is written at once.
        """
        echoes = {event.letter: event.event_id for event in events if isinstance(event, Echoed)}
        await letters.mark_sent(session, echoes, now)
        await self._pace.begin(session, now)
        await law.take_in(session, self.region)
        asked = [it for it in events if isinstance(it, Looked) and not self._rests(it)]
        known = await self._asker.look_up(session, asked, now)
        handled_before = await handled.among(session, [event.event_id for event in asked])
        work = Work(known, handled_before)
        for event in await once(session, events, handled_before):
            await self._hear(work, event)
            await law.take_in_news(session, self.region)
        work.outbox += await self.post.write(
            session, work.aged.told(), Occasion(now, region=self.region)
        )
        await handled.remember(session, work.handled_now, now)
        await letters.write(session, work.outbox)
        await self._signs.note(known, asked)
        await self._pace.keep(session)
        return frozenset(filter(None, (letter.content.get("reply_to") for letter in work.outbox)))

    async def _hear(self, work: Work, event: Reported) -> None:
        match event:
            case Moved():
                await self._moved(work.known.session, event, work.known.now)
            case Equipped():
                await _equipped(work.known.session, event.mxid, work.known.now)
            case Sealed():
                await rooms.seal(work.known.session, event.room_id)
            case Unreadable():
                if not isinstance(await self._asker.place(event, work.known), InRoom):
                    await unheard.keep(work.known.session, event, work.known.now)
            case Forged():
                await self._forged(work, event)
            case Troubled():
                await _troubled(work.known.session, event, work.known.now)
            case Said() | Reacted() | Voted() | PollEnded() | TakenBack() if not self._rests(event):
                ask = await self._asker.ask(event, work.known)
                if ask is not None:
                    await self._answer(work, event, ask)

    def _rests(self, event: Event) -> bool:
        """Tell whether nothing is done for its sender now.

        A forgery is nobody's wish; an answer is taken back whoever has asked too much.
        """
        return isinstance(event, Asks) and self._pace.rests(event)

    async def ring(self, session: AsyncSession, due: Sequence[Deadline], now: datetime) -> None:
        """Deal with the deadlines that have come, in order; the law is taken in once for all."""
        await law.take_in(session, self.region)
        for each in due:
            await self._ring(session, each, now)

    async def _ring(self, session: AsyncSession, deadline: Deadline, now: datetime) -> None:
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
        year = now.astimezone(self.region.timezone).year
        region = await exercises.world_of(session, self.region, subject, year)
        if region.exercise and region.exercise.ended and not known.outlives:
            return  # what was practised is over with it
        ring = Ring(session, region, now, subject, deadline.due_at)
        try:
            async with session.begin_nested():
                done = listed(await known.run(ring))
                answers = [it for it in done if not isinstance(it, Again)]
                at = Occasion(now, region=region)
                await letters.write(session, await self.post.write(session, answers, at))
                for again in [it for it in done if isinstance(it, Again)]:
                    await self._hear_again(session, again, now)
        except Exception:
            log.exception("deadline.failed", kind=kind, subject=subject)
            await deadlines.set_(session, kind, subject, now + TRY_AGAIN)
        await law.take_in_news(session, self.region)

    async def _hear_again(self, session: AsyncSession, again: Again, now: datetime) -> None:
        """Deal now with what was laid aside; it is known to have come already, and counts once."""
        events = taken_up(again)
        work = Work(await self._asker.look_up(session, events, now), set(), again=True)
        for event in events:
            ask = await self._asker.ask(event, work.known)
            if ask is not None:
                await self._answer(work, event, ask)
        await letters.write(session, work.outbox)

    async def _moved(self, session: AsyncSession, event: Moved, now: datetime) -> None:
        before = await rooms.membership(session, event.room_id, event.mxid)
        if before == event.membership:
            return
        by_choice = event.membership == "leave" and not event.by_us
        await rooms.moved(
            session, event.room_id, event.mxid, event.membership, now, by_choice=by_choice
        )
        await deadlines.set_(session, "member.moved", f"{event.room_id} {event.mxid}", now)

    async def _forged(self, work: Work, event: Forged) -> None:
        """Have those who must know told that somebody was spoken for."""
        known = work.known
        if not work.first_time(event.event_id):
            return
        about = known.about.get(event.target or "")
        place = await self._asker.place(event, known)
        here = place.forum if isinstance(place, InForum) else None
        forum = await subjects.forum_of(known.session, about) or here
        alarm = Alarm(known.session, self.region, known.now, self.post.operators)
        answers = await alarms.forged(alarm, event, about, forum)
        letters_ = await self.post.write(
            known.session, answers, Occasion(known.now, region=self.region)
        )
        await letters.write(known.session, letters_)  # at once: the next one may be the same

    async def _answer(self, work: Work, event: Event, ask: Ask) -> None:
        try:
            work.outbox += await self._answered(work, event, ask)
        except Exception:
            reference = secrets.token_hex(3)
            log.exception("event.failed", event_id=event.event_id, reference=reference)
            sorry = Reply("refusal/broken", {"reference": reference})
            work.outbox += await self.post.write(ask.session, [sorry], _occasion(ask))

    async def _answered(self, work: Work, event: Event, ask: Ask) -> list[Letter]:
        if isinstance(event, Undoes):
            return await self._undone(work, event, ask)
        ask, wished = await _wished(self.catalogue, event, ask)
        if wished is None or not work.first_time(event.event_id):
            return []
        if work.aged.takes(event, wished, ask):
            return []
        found = wished if isinstance(wished, Wish) else None
        try:
            if not work.again:
                self._pace.count(event)
            if isinstance(wished, Refusal):
                raise wished
            goes_on(ask, wished)
            ask = await _in_language(wished, ask)
            doubts = await self._doubts(wished, ask, event)
            if told := doubts or await _too_late(wished, ask, event):
                return await self.post.write(ask.session, told, _occasion(ask, wished))
            return await self._run(wished, ask, _occasion(ask, wished), work.outbox)
        except Refusal as refusal:
            answer = await refused(refusal, found, ask)
            return await self.post.write(ask.session, [answer], _occasion(ask, found))

    async def _doubts(self, found: Wish, ask: Ask, event: Event) -> list[Reply]:
        """Say why it does not count as theirs, to those who must know; nothing where it does."""
        async with ask.session.begin_nested():
            alarm = Alarm(ask.session, self.region, ask.now, self.post.operators)
            return await doubted(self.trust, found, ask, event, alarm)

    async def _undone(self, work: Work, event: Undoes, ask: Ask) -> list[Letter]:
        if not work.first_time(event.event_id):
            return []
        async with ask.session.begin_nested():
            if isinstance(event, TakenBack):
                await identities.let_go(ask.session, event.sender, event.target)
                await unread.take_back(ask.session, event.sender, event.target)
            answers = await undone(event, ask)
            language = ask.language if ask.direct else None
            where = Occasion(ask.now, ask.place, language, region=ask.region)
            return await self.post.write(ask.session, answers, where, work.outbox)

    async def _run(
        self, found: Wish, ask: Ask, occasion: Occasion, before: Sequence[Letter]
    ) -> list[Letter]:
        async with ask.session.begin_nested():
            form, words = found.form, found.words
            arguments = (
                bind(found.command, words, ask)
                if form is None
                else fill_in(found.command, form, ask)
            )
            await keep_within(ask, self.region, [words, *arguments.values()])
            answers = listed(await found.command.run(ask, **arguments))
            return await self.post.write(ask.session, answers, occasion, before)


async def _wished(
    catalogue: Catalogue, event: Event, ask: Ask
) -> tuple[Ask, Wish | Refusal | None]:
    """Find what somebody wants, and about what; what nobody knows is a wish too, to be refused."""
    try:
        ask = await about_the_one(ask, event)
        return ask, wish(catalogue, await of_its_own(catalogue, event, ask), ask)
    except Refusal as refusal:
        return ask, refusal


async def _too_late(found: Wish, ask: Ask, event: Event) -> Sequence[Answer]:
    """Keep what somebody answers for a function that they have handed over; nothing else."""
    if not found.command.counts:
        return []
    async with ask.session.begin_nested():
        return await former.kept(ask, found.command.name, found.words, again(found, event))


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
    return Occasion(ask.now, ask.place, language, ask.event_id, ask.thread, ask.region)


async def _equipped(session: AsyncSession, mxid: str, now: datetime) -> None:
    """Keep that somebody has a device; what waited for that is said now."""
    await kept.put(session, equipped(mxid), now.isoformat())
    for subject in await deadlines.subjects(session, RECAP):
        if subject.partition(" ")[2] == mxid:
            await deadlines.set_(session, RECAP, subject, now)


async def _troubled(session: AsyncSession, event: Troubled, now: datetime) -> None:
    """Have it told; in a room that has been replaced nothing more is said."""
    await deadlines.set_(
        session, "room.troubled", f"{event.room_id} {event.what} {event.sender}", now
    )
    if event.what == "replaced":
        await rooms.close(session, event.room_id, now)
