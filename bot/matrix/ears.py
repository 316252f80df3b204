"""From what the server says to what happened: each event read, or passed over if it is no event.

Everything in a sync answer is somebody else's. A part that is not what the specification says is
passed over with a log line; nothing here raises on content.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import structlog

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
from bot.matrix import ballots
from bot.matrix.envelope import MARK

log = structlog.get_logger()

Json = Mapping[str, Any]
_UNKEPT = re.compile("[\x00\ud800-\udfff]")
"""What no database keeps or no wire carries: NUL, and half a surrogate pair."""
LONGEST_ID = 255  # bytes in an id, says the specification; an index takes no endless ones
_FALLBACK = re.compile(r"\A(?:> .*\n)+\n?")


class Decrypts(Protocol):
    """What the ears need of the keyring."""

    def decrypt(self, room_id: str, event: Json) -> dict[str, Any] | None:
        """Give the event in clear, or None."""


@dataclass(frozen=True)
class Batch:
    """One sync answer, read: what happened in order, who invites, where the stream goes on."""

    events: tuple[Incoming, ...]
    invites: tuple[tuple[str, str], ...]
    """(room id, inviter)"""
    next_batch: str

    @property
    def only_echoes(self) -> bool:
        """Tell whether nothing has happened but that the bot's own letters have come."""
        return all(isinstance(event, Echoed) for event in self.events)


def mapping(value: object) -> Json:
    """Take a JSON object, or an empty one in place of anything else."""
    return value if isinstance(value, Mapping) else {}


def listing(value: object) -> list[Any]:
    """Take a JSON list, or an empty one in place of anything else."""
    return value if isinstance(value, list) else []


def text(value: object) -> str | None:
    """Take a string, without what cannot be kept, or None in place of anything else."""
    return _UNKEPT.sub("\ufffd", value) if isinstance(value, str) else None


def name(value: object) -> str | None:
    """Take an id, or None in place of anything else."""
    read = text(value)
    return read if read and len(read.encode()) <= LONGEST_ID else None


@dataclass(frozen=True)
class Ears:
    """The reader of sync answers, for one account."""

    me: str
    names: tuple[str, ...]
    keyring: Decrypts

    def read(self, sync: Json, *, first: bool) -> Batch:
        """Read a sync answer. In the first ever, only who is where counts: the rest is history."""
        rooms = mapping(sync.get("rooms"))
        events: list[Incoming] = []
        for room_id, joined in mapping(rooms.get("join")).items():
            events += self._joined(text(room_id) or "", mapping(joined), first=first)
        for room_id, left in mapping(rooms.get("leave")).items():
            events += self._members(text(room_id) or "", mapping(left))
        invites = [
            (room_id, inviter)
            for room_id, invite in mapping(rooms.get("invite")).items()
            if (inviter := self._inviter(mapping(invite)))
        ]
        return Batch(tuple(events), tuple(invites), str(sync.get("next_batch", "")))

    def _joined(self, room_id: str, room: Json, *, first: bool) -> Iterator[Incoming]:
        state = listing(mapping(room.get("state")).get("events"))
        yield from self._moves(room_id, state)
        yield from self._seals(room_id, state)
        timeline = [e for e in listing(mapping(room.get("timeline")).get("events")) if mapping(e)]
        yield from self._seals(room_id, timeline)
        fence = self._fence(timeline)
        for number, raw in enumerate(timeline):
            if raw.get("type") == "m.room.member":
                yield from self._moves(room_id, [raw])
            elif (not first and number > fence) or self._own_letter(raw):
                found = self._event(room_id, raw)
                if found is not None:
                    yield found

    def _members(self, room_id: str, room: Json) -> Iterator[Incoming]:
        for part in ("state", "timeline"):
            yield from self._moves(room_id, listing(mapping(room.get(part)).get("events")))

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
        """Find out that a room is encrypted; what can be said of it later does not undo that."""
        for raw in map(mapping, raws):
            sealed = text(mapping(raw.get("content")).get("algorithm"))
            head = self._head(room_id, raw)
            if raw.get("type") == "m.room.encryption" and sealed and head:
                yield Sealed(*head)

    def _head(self, room_id: str, raw: Json) -> tuple[str, str, str, datetime] | None:
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

    def _event(self, room_id: str, raw: Json) -> Incoming | None:
        head = self._head(room_id, raw)
        if head is None or "state_key" in raw:
            return None
        if raw["sender"] == self.me:
            told = name(mapping(raw.get("unsigned")).get("transaction_id"))
            letter = told or self._marked(room_id, raw)
            return Echoed(*head, letter=letter) if letter else None
        if raw.get("type") == "m.room.encrypted":
            clear = self.keyring.decrypt(room_id, raw)
            if clear is None:
                return Unreadable(*head) if mapping(raw.get("content")) else None
            raw = clear
        return self._clear(Event(*head), text(raw.get("type")), mapping(raw.get("content")))

    def _marked(self, room_id: str, raw: Json) -> str | None:
        """Find the letter by the bot's own mark: all there is after a day, or on a new device."""
        sealed = raw.get("type") == "m.room.encrypted"
        clear = mapping(self.keyring.decrypt(room_id, raw) if sealed else raw)
        return name(mapping(mapping(clear.get("content")).get(MARK)).get("letter"))

    def _clear(self, event: Event, kind: str | None, content: Json) -> Incoming | None:
        relation = mapping(content.get("m.relates_to"))
        target, key = name(relation.get("event_id")), text(relation.get("key"))
        head = (event.event_id, event.room_id, event.sender, event.sent_at)
        if kind == "m.reaction" and target and key:
            return Reacted(*head, target=target, key=key)
        if kind in ballots.RESPONSES and target:
            choices = tuple(filter(None, map(text, ballots.choices_of(content))))
            return Voted(*head, poll=target, choices=choices)
        if kind == "m.room.message" and relation.get("rel_type") != "m.replace":
            return self._said(head, content, relation)
        return None

    def _said(
        self, head: tuple[str, str, str, datetime], content: Json, relation: Json
    ) -> Said | None:
        body = text(content.get("body"))
        if content.get("msgtype") != "m.text" or body is None:
            return None
        replied = name(mapping(relation.get("m.in_reply_to")).get("event_id"))
        body = _FALLBACK.sub("", body) if replied else body
        for own in (self.me, *self.names):
            if named := re.match(rf"@?{re.escape(own)}\b[:,]?\s*", body, re.IGNORECASE):
                return Said(*head, body=body[named.end() :], reply_to=replied, addressed=True)
        return Said(*head, body=body, reply_to=replied)

    def _inviter(self, invite: Json) -> str | None:
        for raw in map(mapping, listing(mapping(invite.get("invite_state")).get("events"))):
            content = mapping(raw.get("content"))
            mine = raw.get("state_key") == self.me and content.get("membership") == "invite"
            if mine and content.get("is_direct"):
                return name(raw.get("sender"))
        return None
