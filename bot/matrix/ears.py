"""From what the server says to what happened: each event read, or passed over if it is no event.

Everything in a sync answer is somebody else's. A part that is not what the specification says is
passed over with a log line; nothing here raises on content.
"""

from __future__ import annotations

import heapq
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any, NamedTuple, Protocol

import structlog
from prometheus_client import Counter

from bot.domain.incoming import (
    Echoed,
    Event,
    Forged,
    Incoming,
    Moved,
    PollEnded,
    Reacted,
    Said,
    Sealed,
    TakenBack,
    Troubled,
    Unreadable,
    Voted,
)
from bot.matrix import ballots, chosen, troubles
from bot.matrix.claims import Json, listing, mapping, name, text
from bot.matrix.envelope import MARK
from bot.matrix.reader import NotTheirs, Opened, Replayed

log = structlog.get_logger()

REJECTED = Counter("samverkan_events_rejected", "Events of no shape that an event can have")

Head = tuple[str, str, str, datetime]
"""An event's id, its room, its sender and when it says it was sent."""
KEPT_PARTS = ("type", "event_id", "sender", "origin_server_ts", "content")
"""What of an encrypted event is needed to read it later."""
_FALLBACK = re.compile(r"\A(?:> .*\n)+\n?")


class Decrypts(Protocol):
    """What the ears need of the keyring."""

    def opened(self, room_id: str, event: Json) -> Opened | None:
        """Give the event in clear and the device it is from, or None; NotTheirs if forged."""


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
            elif (not first and number > fence) or self._own_letter(raw):
                found = self._event(room_id, raw) or self._removal(room_id, raw)
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
            membership, head = name(content.get("membership")), self._head(room_id, raw)
            if raw.get("type") == "m.room.member" and who and membership and head:
                shown, ours = text(content.get("displayname")), head[2] == self.me
                yield Moved(*head, mxid=who, membership=membership, name=shown, by_us=ours)

    def _seals(self, room_id: str, raws: list[Any]) -> Iterator[Sealed]:
        """Find out that a room is encrypted; what can be said of it later does not undo that.

        Whatever the event holds: an algorithm nobody knows is no leave to speak in clear.
        """
        for raw in map(mapping, raws):
            head = self._head(room_id, raw)
            if raw.get("type") == "m.room.encryption" and raw.get("state_key") == "" and head:
                yield Sealed(*head)

    def _troubles(self, room_id: str, raws: list[Json]) -> Iterator[Troubled]:
        """Find out that a room, or the bot's power in it, is gone. The law decides what follows."""
        for raw in raws:
            what, head = troubles.found(raw, self.me), self._head(room_id, raw)
            if what and head:
                yield Troubled(*head, what=what)

    def _head(self, room_id: str, raw: Json) -> Head | None:
        event_id, sender = name(raw.get("event_id")), name(raw.get("sender"))
        stamp = raw.get("origin_server_ts")
        if not event_id or not sender or not isinstance(stamp, int):
            return None
        try:
            at = datetime.fromtimestamp(stamp / 1000, UTC)
        except (OverflowError, OSError, ValueError):
            at = datetime.fromtimestamp(0, UTC)
        return event_id, room_id, sender, at

    def _own_letter(self, raw: Json) -> bool:
        return raw.get("sender") == self.me and "transaction_id" in mapping(raw.get("unsigned"))

    def reread(self, room_id: str, raw: Json) -> Incoming | None:
        """Read an event that could not be read when it came: `Unreadable` if that is so still."""
        found = self._event(room_id, raw)
        return self._aged(found, raw) if found else None

    def _aged(self, found: Incoming, raw: Json) -> Incoming:
        """Add how long ago it was sent."""
        return replace(found, age=troubles.age(raw, found.sent_at, self.wall()))

    def _event(self, room_id: str, raw: Json) -> Incoming | None:
        head = self._head(room_id, raw)
        if head is None:
            REJECTED.inc()
            log.warning("event.rejected", room_id=room_id, sender=raw.get("sender"))
        if head is None or "state_key" in raw:
            return None
        if raw["sender"] == self.me:
            told = name(mapping(raw.get("unsigned")).get("transaction_id"))
            letter = told or self._marked(room_id, raw)
            return Echoed(*head, letter=letter) if letter else None
        if raw.get("type") == "m.room.redaction":
            return self._taken_back(head, raw)
        if raw.get("type") == "m.room.encrypted":
            return self._secret(head, raw)
        return self._clear(Event(*head), text(raw.get("type")), mapping(raw.get("content")))

    def _secret(self, head: Head, raw: Json) -> Incoming | None:
        """Read what is encrypted, with the device that it is from."""
        try:
            opened = self.keyring.opened(head[1], raw)
        except Replayed:
            return None
        except NotTheirs:
            relation = mapping(mapping(raw.get("content")).get("m.relates_to"))
            return Forged(*head, target=name(relation.get("event_id")))
        if opened is None:
            return _unreadable(head, raw)
        clear = opened.event
        found = self._clear(Event(*head), text(clear.get("type")), mapping(clear.get("content")))
        return replace(found, proof=opened.proof, message=opened.message) if found else None

    def _taken_back(self, head: Head, raw: Json) -> TakenBack | None:
        """Read a removal; what it removes stands in its content from room version 11 on."""
        target = name(mapping(raw.get("content")).get("redacts")) or name(raw.get("redacts"))
        return TakenBack(*head, target=target) if target else None

    def _removal(self, room_id: str, raw: Json) -> TakenBack | None:
        """Find in a removed event who removed it: the removal itself may have been left out."""
        because = mapping(mapping(raw.get("unsigned")).get("redacted_because"))
        head, target = self._head(room_id, because), name(raw.get("event_id"))
        if not head or not target or head[2] == self.me:
            return None
        return TakenBack(*head, target=target)

    def _marked(self, room_id: str, raw: Json) -> str | None:
        """Find the letter by the bot's own mark: all there is after a day, or on a new device."""
        clear = raw
        if raw.get("type") == "m.room.encrypted" and MARK not in mapping(raw.get("content")):
            try:
                opened = self.keyring.opened(room_id, raw)
            except NotTheirs:
                return None
            clear = opened.event if opened else {}
        return name(mapping(mapping(clear.get("content")).get(MARK)).get("letter"))

    def _clear(self, event: Event, kind: str | None, content: Json) -> Incoming | None:
        relation = mapping(content.get("m.relates_to"))
        target, key = name(relation.get("event_id")), text(relation.get("key"))
        head = (event.event_id, event.room_id, event.sender, event.sent_at)
        if kind == "m.reaction" and target and key:
            return Reacted(*head, target=target, key=key)
        on_poll = target if relation.get("rel_type") == "m.reference" else None
        if kind in ballots.RESPONSES and on_poll:
            choices = tuple(text(each) or "" for each in ballots.choices_of(content))
            return Voted(*head, poll=on_poll, choices=choices)
        if kind in ballots.ENDS and on_poll:
            return PollEnded(*head, poll=on_poll)
        if kind in chosen.KINDS and relation.get("rel_type") != "m.replace":
            return self._said(head, _spoken(kind, content), relation)
        return None

    def _said(self, head: Head, content: Json, relation: Json) -> Said | None:
        body, block = text(content.get("body")), chosen.block_of(content)
        if content.get("msgtype") != "m.text" or body is None:
            return None
        thread = name(relation.get("event_id")) if relation.get("rel_type") == "m.thread" else None
        replied = _replied(relation, thread)
        if block is not None:
            wish = chosen.read(block) if chosen.is_for(self.me, content) else None
            said = Said(*head, body=body, reply_to=replied, thread=thread, chosen=wish)
            return said if wish else None
        body = _FALLBACK.sub("", body) if replied else body
        for own in (self.me, *self.names):
            if named := re.match(rf"@?{re.escape(own)}\b[:,]?\s*", body, re.IGNORECASE):
                rest = body[named.end() :]
                return Said(*head, body=rest, reply_to=replied, addressed=True, thread=thread)
        return Said(*head, body=body, reply_to=replied, thread=thread)

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


def _spoken(kind: str, content: Json) -> Json:
    """Give what is nothing but a command the outside of a message, which it may lack."""
    return content if kind == "m.room.message" else {"msgtype": "m.text", "body": "", **content}


def _replied(relation: Json, thread: str | None) -> str | None:
    """Tell what is answered to: in a thread what it is about, unless a message was picked out.

    A thread's messages name the latest one before them for clients that show no threads
    (`is_falling_back`); nobody has meant anything by that.
    """
    picked = name(mapping(relation.get("m.in_reply_to")).get("event_id"))
    return thread if thread and (not picked or relation.get("is_falling_back") is True) else picked


def _unreadable(head: Head, raw: Json) -> Unreadable | None:
    """Keep what is needed to read it later; None for one that was removed."""
    content = mapping(raw.get("content"))
    if not content:
        return None
    about = name(mapping(content.get("m.relates_to")).get("event_id"))
    parts = {part: raw[part] for part in KEPT_PARTS}
    session_id = name(content.get("session_id")) or ""
    return Unreadable(*head, session_id=session_id, raw=json.dumps(parts), about=about)
