"""Finds out who asks: the person, what they hold now, the room, and what they answer to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.asking import Ask, Command
from bot.domain.answer import Direct, InForum, InRoom, Place
from bot.domain.incoming import Event, Forged, PollEnded, Reacted, Said, TakenBack, Voted
from bot.domain.model import Holding
from bot.domain.places import key_of, place_of
from bot.domain.region import Region
from bot.store import exercises, letters, rooms, unsaid
from bot.store.askers import Askers

REAL = ("relief:", "test_call:", "identity:")
"""How subjects begin that no exercise has."""


def target_of(event: Event) -> str | None:
    """Give the event that this one answers to, if any."""
    match event:
        case Said(reply_to=target) | Reacted(target=target) | TakenBack(target=target):
            return target
        case Forged(target=target):
            return target
        case Voted(poll=poll) | PollEnded(poll=poll):
            return poll
    return None


def _unsaid(event: Event, place: Place, known: Known) -> str | None:
    """Give the command whose words this person was asked for, here."""
    awaited = known.unsaid.get(event.sender)
    return awaited.command if awaited and awaited.place == key_of(place) else None


@dataclass(frozen=True)
class Known:
    """What was looked up for one batch, at its moment. `about`: the subjects, by the event id."""

    session: AsyncSession
    now: datetime
    about: Mapping[str, str | None]
    askers: Askers
    unsaid: Mapping[str, unsaid.Unsaid] = field(default_factory=dict)
    """Of whom the bot waits for the words that go with a command, by Matrix id."""


@dataclass
class Asker:
    """Makes an `Ask` of an event; remembers only which room is which, and that never changes."""

    region: Region
    verbs: tuple[Command, ...]
    operators: tuple[str, ...] = ()
    _places: dict[str, Place] = field(default_factory=dict)

    async def look_up(
        self, session: AsyncSession, events: Collection[Event], now: datetime
    ) -> Known:
        """Look up, at once, what is asked about everybody's events in one batch."""
        targets = [target for event in events if (target := target_of(event))]
        about = await letters.subjects_of(session, targets)
        senders = {each.sender for each in events}
        awaited = await unsaid.among(session, senders, now)
        return Known(session, now, about, Askers(session, senders, now), awaited)

    async def ask(self, event: Event, known: Known) -> Ask | None:
        """Gather who asks what and where; None for a reaction or a vote on something not ours.

        What is taken back may be anybody's; whether it was an answer is looked up later.
        """
        session = known.session
        about = known.about.get(target_of(event) or "")
        if about is None and not isinstance(event, Said | TakenBack):
            return None
        place = await self._place(session, event.room_id)
        everything = await known.askers.held_by(event.sender)
        region = await self._region(event, place, about, everything, known)
        held = tuple(it for it in everything if it.function in region.functions)
        person = await known.askers.person(event.sender)
        known_as = person.name if person and person.name != event.sender else None
        name = known_as or (held[0].name if held else event.sender)
        return Ask(
            session=session,
            region=region,
            now=known.now,
            mxid=event.sender,
            name=name,
            place=place,
            direct=isinstance(place, Direct),
            holdings=held,
            language=(person.language if person else None) or self.region.language,
            event_id=event.event_id,
            thread=event.thread if isinstance(event, Said) else None,
            about=about,
            answered=target_of(event) in known.about,
            tapped=isinstance(event, Reacted | Voted),
            verbs=self.verbs,
            unsaid=_unsaid(event, place, known),
            proof=event.proof,
            heard_at=event.heard_at,
            operator=event.sender in self.operators,
        )

    async def _region(
        self,
        event: Event,
        place: Place,
        about: str | None,
        held: Collection[Holding],
        known: Known,
    ) -> Region:
        """Give the law that somebody means: an exercise's in its rooms, or about what is of it.

        In a direct room who plays, and has nothing real, means the exercise.
        """
        if isinstance(place, InForum):
            return self.region.world_of(place.forum)
        if about and about.startswith(REAL):
            return self.region
        year = known.now.astimezone(self.region.timezone).year
        said = event.body if isinstance(event, Said) else ""
        for text in (about, said):
            world = await exercises.world_of(known.session, self.region, text or "", year)
            if world.exercise:
                return world
        worlds = {self.region.world_of(it.function).practised for it in held}
        if isinstance(place, Direct) and len(worlds) == 1 and (code := worlds.pop()):
            return self.region.exercises.get(code, self.region)
        return self.region

    async def place(self, event: Event, known: Known) -> Place:
        """Tell where something happened."""
        return await self._place(known.session, event.room_id)

    async def _place(self, session: AsyncSession, room_id: str) -> Place:
        place = self._places.get(room_id)
        if place is None:
            place = place_of(await rooms.key_of(session, room_id) or "")
            if isinstance(place, InRoom):
                return InRoom(room_id)
            self._places[room_id] = place
        return place
