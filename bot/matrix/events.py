"""One event of a room, read: what was said, tapped, chosen or taken back, and by whose device.

Everything in it is somebody else's. What is no event is passed over with a log line; nothing here
raises on content.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

import structlog
from prometheus_client import Counter

from bot.domain.incoming import (
    Echoed,
    Event,
    Forged,
    Incoming,
    PollEnded,
    Reacted,
    Said,
    TakenBack,
    Unreadable,
    Voted,
)
from bot.matrix import ballots, chosen
from bot.matrix.claims import Json, mapping, name, text
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


@dataclass(frozen=True)
class Events:
    """The reader of single events, for one account and the names it is called by."""

    me: str
    names: tuple[str, ...]
    keyring: Decrypts

    def head(self, room_id: str, raw: Json) -> Head | None:
        """Read who sent it, when and under which id; None if it is no event."""
        event_id, sender = name(raw.get("event_id")), name(raw.get("sender"))
        stamp = raw.get("origin_server_ts")
        if not event_id or not sender or not isinstance(stamp, int):
            return None
        try:
            at = datetime.fromtimestamp(stamp / 1000, UTC)
        except (OverflowError, OSError, ValueError):
            at = datetime.fromtimestamp(0, UTC)
        return event_id, room_id, sender, at

    def own_letter(self, raw: Json) -> bool:
        """Tell whether it is a letter of the bot's, sent from this device."""
        return raw.get("sender") == self.me and "transaction_id" in mapping(raw.get("unsigned"))

    def read(self, room_id: str, raw: Json) -> Incoming | None:
        """Read what happened; None where it is nothing that anybody does with words."""
        head = self.head(room_id, raw)
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

    def removal(self, room_id: str, raw: Json) -> TakenBack | None:
        """Find in a removed event who removed it: the removal itself may have been left out."""
        because = mapping(mapping(raw.get("unsigned")).get("redacted_because"))
        head, target = self.head(room_id, because), name(raw.get("event_id"))
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
