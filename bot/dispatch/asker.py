"""Finds out who asks: the person, what they hold now, the room, and what they answer to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.asking import Ask, Command
from bot.domain.answer import Direct, InForum, InRoom, Place
from bot.domain.incoming import Event, Reacted, Said, Voted
from bot.domain.region import Region
from bot.store import holdings, letters, people, rooms


def place_of(key: str | None, room_id: str) -> Place:
    """Tell the place a room's key stands for; a room the bot does not know is just a room."""
    kind, _, name = (key or "").partition(":")
    if kind == "forum":
        return InForum(name)
    if kind == "direct":
        return Direct(name)
    return InRoom(room_id)


@dataclass
class Asker:
    """Makes an `Ask` of an event; remembers only which room is which, and that never changes."""

    region: Region
    verbs: tuple[Command, ...]
    _places: dict[str, Place] = field(default_factory=dict)

    async def ask(self, session: AsyncSession, event: Event, now: datetime) -> Ask | None:
        """Gather who asks what and where; None for a reaction or a vote on something not ours."""
        about = await self._about(session, event)
        if about is None and not isinstance(event, Said):
            return None
        place = await self._place(session, event.room_id)
        held = tuple(await holdings.held_by(session, event.sender, now))
        person = await people.get(session, event.sender)
        name = person.name if person else (held[0].name if held else event.sender)
        return Ask(
            session=session,
            region=self.region,
            now=now,
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

    async def _about(self, session: AsyncSession, event: Event) -> str | None:
        match event:
            case Said(reply_to=target) if target:
                pass
            case Reacted(target=target) | Voted(poll=target):
                pass
            case _:
                return None
        letter = await letters.of_event(session, target)
        return letter.subject if letter else None
