"""From a sync answer to what happened: who came and went, what was said where, in one order.

Everything in a sync answer is somebody else's. A part that is not what the specification says is
passed over; nothing here raises on content. Each event is read by `events`.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from operator import itemgetter
from typing import Any, NamedTuple

from bot.domain.incoming import Echoed, Incoming, Moved, Sealed, Troubled
from bot.matrix import troubles
from bot.matrix.claims import Json, listing, mapping, name, text
from bot.matrix.events import Decrypts, Events


class Invited(NamedTuple):
    """The bot is asked into a room; `direct`: one for the two of them, says who asks."""

    room_id: str
    inviter: str
    direct: bool


@dataclass(frozen=True)
class Batch:
    """One sync answer, read: what happened in order, who invites, where the stream goes on."""

    events: tuple[Incoming, ...]
    invites: tuple[Invited, ...]
    next_batch: str
    waking: bool = False
    """Something has been found out that a deadline waited for."""

    @property
    def only_echoes(self) -> bool:
        """Tell whether nothing has happened but that the bot's own letters have come."""
        return not self.waking and all(isinstance(event, Echoed) for event in self.events)


@dataclass(frozen=True)
class Ears:
    """The reader of sync answers, for one account."""

    me: str
    names: tuple[str, ...]
    keyring: Decrypts
    wall: Callable[[], datetime]
    """What homeservers tell the time by too: no clock that a rehearsal moves."""

    @cached_property
    def _events(self) -> Events:
        return Events(self.me, self.names, self.keyring)

    def read(self, sync: Json, *, first: bool) -> Batch:
        """Read a sync answer. In the first ever, only who is where counts: the rest is history."""
        rooms = mapping(sync.get("rooms"))
        heard = [
            self._joined(text(room_id) or "", mapping(joined), first=first)
            for room_id, joined in mapping(rooms.get("join")).items()
        ]
        heard += [
            self._members(text(room_id) or "", mapping(left))
            for room_id, left in mapping(rooms.get("leave")).items()
        ]
        invites = [
            invited
            for room_id, invite in mapping(rooms.get("invite")).items()
            if (invited := self._invited(room_id, mapping(invite)))
        ]
        return Batch(_as_it_happened(heard), tuple(invites), str(sync.get("next_batch", "")))

    def _joined(self, room_id: str, room: Json, *, first: bool) -> Iterator[Incoming]:
        state = listing(mapping(room.get("state")).get("events"))
        yield from self._moves(room_id, state)
        yield from self._seals(room_id, state)
        timeline = [e for e in listing(mapping(room.get("timeline")).get("events")) if mapping(e)]
        yield from self._seals(room_id, timeline)
        fence = self._fence(timeline)
        yield from self._troubles(room_id, timeline[fence + 1 :])  # it is back: what was, is over
        for number, raw in enumerate(timeline):
            if raw.get("type") == "m.room.member":
                yield from self._moves(room_id, [raw])
            elif (not first and number > fence) or self._events.own_letter(raw):
                found = self._events.read(room_id, raw) or self._events.removal(room_id, raw)
                if found is not None:
                    yield self._aged(found, raw)

    def _members(self, room_id: str, room: Json) -> Iterator[Incoming]:
        for part in ("state", "timeline"):
            events = listing(mapping(room.get(part)).get("events"))
            yield from self._moves(room_id, events)
            yield from self._troubles(room_id, [raw for raw in events if mapping(raw)])

    def _fence(self, timeline: list[Json]) -> int:
        """Find where the bot itself came in: what was written before that is not for it."""
        joins = [
            number
            for number, raw in enumerate(timeline)
            if raw.get("type") == "m.room.member"
            and raw.get("state_key") == self.me
            and mapping(raw.get("content")).get("membership") == "join"
            and mapping(mapping(raw.get("unsigned")).get("prev_content")).get("membership")
            != "join"
        ]
        return joins[-1] if joins else -1

    def _moves(self, room_id: str, raws: list[Any]) -> Iterator[Moved]:
        for raw in map(mapping, raws):
            content, who = mapping(raw.get("content")), name(raw.get("state_key"))
            membership, head = name(content.get("membership")), self._events.head(room_id, raw)
            if raw.get("type") == "m.room.member" and who and membership and head:
                shown, ours = text(content.get("displayname")), head[2] == self.me
                yield Moved(*head, mxid=who, membership=membership, name=shown, by_us=ours)

    def _seals(self, room_id: str, raws: list[Any]) -> Iterator[Sealed]:
        """Find out that a room is encrypted; what can be said of it later does not undo that.

        Whatever the event holds: an algorithm nobody knows is no leave to speak in clear.
        """
        for raw in map(mapping, raws):
            head = self._events.head(room_id, raw)
            if raw.get("type") == "m.room.encryption" and raw.get("state_key") == "" and head:
                yield Sealed(*head)

    def _troubles(self, room_id: str, raws: list[Json]) -> Iterator[Troubled]:
        """Find out that a room, or the bot's power in it, is gone. The law decides what follows."""
        for raw in raws:
            what, head = troubles.found(raw, self.me), self._events.head(room_id, raw)
            if what and head:
                yield Troubled(*head, what=what)

    def reread(self, room_id: str, raw: Json) -> Incoming | None:
        """Read an event that could not be read when it came: `Unreadable` if that is so still."""
        found = self._events.read(room_id, raw)
        return self._aged(found, raw) if found else None

    def _aged(self, found: Incoming, raw: Json) -> Incoming:
        """Add how long ago it was sent."""
        return replace(found, age=troubles.age(raw, found.sent_at, self.wall()))

    def _invited(self, room_id: object, invite: Json) -> Invited | None:
        there = name(room_id)
        for raw in map(mapping, listing(mapping(invite.get("invite_state")).get("events"))):
            content, inviter = mapping(raw.get("content")), name(raw.get("sender"))
            mine = raw.get("state_key") == self.me and content.get("membership") == "invite"
            if mine and inviter and there:
                return Invited(there, inviter, direct=content.get("is_direct") is True)
        return None


def _as_it_happened(rooms: Iterable[Iterable[Incoming]]) -> tuple[Incoming, ...]:
    """Put what was heard in several rooms in one order, by when it was sent.

    Within a room the server's order holds, whatever the senders' clocks say of it.
    """

    def timed(room: Iterable[Incoming]) -> Iterator[tuple[datetime, Incoming]]:
        latest = datetime.min.replace(tzinfo=UTC)
        for event in room:
            latest = max(latest, event.sent_at)
            yield latest, event

    ordered = heapq.merge(*map(timed, rooms), key=itemgetter(0))
    return tuple(event for _, event in ordered)
