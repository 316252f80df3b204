"""Finds out who asks: the person, what they hold now, the room, and what they answer to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.asking import Ask, Command
from bot.domain.answer import Direct, InForum, InRoom, Place
from bot.domain.incoming import Event, Reacted, Said, Voted
from bot.domain.region import Region
from bot.store import letters, rooms
from bot.store.askers import Askers


def place_of(key: str | None, room_id: str) -> Place:
    """Tell the place a room's key stands for; a room the bot does not know is just a room."""
    kind, _, name = (key or "").partition(":")
    if kind == "forum":
        return InForum(name)
    if kind == "direct":
        return Direct(name)
    return InRoom(room_id)


def target_of(event: Event) -> str | None:
    """Give the event that this one answers to, if any."""
    match event:
        case Said(reply_to=target) | Reacted(target=target) | Voted(poll=target):
            return target
    return None


@dataclass(frozen=True)
class Known:
    """What was looked up for one batch, at its moment. `about`: the subjects, by the event id."""

    session: AsyncSession
    now: datetime
    about: Mapping[str, str | None]
    askers: Askers


@dataclass
class Asker:
    """Makes an `Ask` of an event; remembers only which room is which, and that never changes."""

    region: Region
    verbs: tuple[Command, ...]
    _places: dict[str, Place] = field(default_factory=dict)

    async def look_up(
        self, session: AsyncSession, events: Collection[Event], now: datetime
    ) -> Known:
        """Look up, at once, what is asked about everybody's events in one batch."""
        targets = [target for event in events if (target := target_of(event))]
        about = await letters.subjects_of(session, targets)
        return Known(session, now, about, Askers(session, {each.sender for each in events}, now))

    async def ask(self, event: Event, known: Known) -> Ask | None:
        """Gather who asks what and where; None for a reaction or a vote on something not ours."""
        session = known.session
        about = known.about.get(target_of(event) or "")
        if about is None and not isinstance(event, Said):
            return None
        place = await self._place(session, event.room_id)
        held = await known.askers.held_by(event.sender)
        person = await known.askers.person(event.sender)
        known_as = person.name if person and person.name != event.sender else None
        name = known_as or (held[0].name if held else event.sender)
        return Ask(
            session=session,
            region=self.region,
            now=known.now,
            mxid=event.sender,
            name=name,
            place=place,
            direct=isinstance(place, Direct),
            holdings=held,
            language=(person.language if person else None) or self.region.language,
            event_id=event.event_id,
            about=about,
            tapped=isinstance(event, Reacted),
            verbs=self.verbs,
        )

    async def _place(self, session: AsyncSession, room_id: str) -> Place:
        place = self._places.get(room_id)
        if place is None:
            place = place_of(await rooms.key_of(session, room_id), room_id)
            if not isinstance(place, InRoom):
                self._places[room_id] = place
        return place
