"""What was said in a play, as its readers saw it: messages, edits, reactions, votes, files."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.matrix import ballots
from bot.matrix.envelope import MARK

FILES = frozenset({"m.file", "m.image"})


class Kind(enum.StrEnum):
    """What a message is."""

    WORDS = "words"
    POLL = "poll"
    FILE = "file"


@dataclass(frozen=True)
class Version:
    """A message's words from a moment on."""

    at: datetime
    plain: str
    html: str | None = None


@dataclass
class Message:
    """Something said, with all that has become of it."""

    event_id: str
    room_id: str
    sender: str
    kind: Kind
    versions: list[Version]
    mentions: frozenset[str] = frozenset()
    call: bool = False
    subject: str | None = None
    reply_to: str | None = None
    choices: tuple[tuple[str, str], ...] = ()
    votes: dict[str, str] = field(default_factory=dict)
    closed: str | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)

    @property
    def at(self) -> datetime:
        """Give when it was first said."""
        return self.versions[0].at

    @property
    def plain(self) -> str:
        """Give the words as they stand now."""
        return self.versions[-1].plain

    @property
    def words(self) -> str:
        """Give all that its reader sees: a poll's choices and what it is about too."""
        if self.kind is not Kind.POLL:
            return self.plain
        choices = [f"- {text}" for _, text in self.choices]
        about = (self.subject or "").partition(":")[2]
        head = self.plain if about in self.plain else f"{about}: {self.plain}"
        return "\n".join([head, *choices, *([self.closed] if self.closed else [])])


class Change(enum.StrEnum):
    """What an event did to the record."""

    SAID = "said"
    EDITED = "edited"
    REACTED = "reacted"
    VOTED = "voted"
    CLOSED = "closed"


@dataclass(frozen=True)
class News:
    """A change, the message it is about, who made it, and the words, key or choice of it."""

    change: Change
    message: Message
    sender: str
    at: datetime
    what: str = ""


@dataclass
class Record:
    """Everything said so far, each event once, whoever read it."""

    messages: dict[str, Message] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)

    def room(self, room_id: str) -> Iterator[Message]:
        """Go through a room's messages in the order they were said."""
        return (each for each in self.messages.values() if each.room_id == room_id)

    def take(self, room_id: str, event: Mapping[str, Any], at: datetime) -> News | None:
        """Take in an event that is readable; None if it is known, or changes nothing here."""
        event_id = str(event.get("event_id", ""))
        if not event_id or event_id in self._seen:
            return None
        self._seen.add(event_id)
        content = event.get("content")
        if not isinstance(content, Mapping) or "state_key" in event:
            return None
        sender = str(event["sender"])
        kind = str(event["type"])
        if kind == "m.room.message":
            return self._words(room_id, event_id, sender, content, at)
        if kind == ballots.START:
            return self._said(_poll(room_id, event_id, sender, content, at))
        later = {"m.reaction": self._reaction, ballots.END: self._end}
        later |= dict.fromkeys(ballots.RESPONSES, self._vote)
        return later[kind](sender, content, at) if kind in later else None

    def _words(
        self, room_id: str, event_id: str, sender: str, content: Mapping[str, Any], at: datetime
    ) -> News | None:
        relation = _mapping(content, "m.relates_to")
        if relation.get("rel_type") != "m.replace":
            return self._said(_message(room_id, event_id, sender, content, at))
        edited = self.messages.get(str(relation.get("event_id")))
        new = _mapping(content, "m.new_content")
        if edited is None or edited.sender != sender:
            return None
        version = _version(new, at)
        if version.plain == edited.plain:
            return None
        edited.versions.append(version)
        edited.mentions |= _mentions(new)
        return News(Change.EDITED, edited, sender, at, version.plain)

    def _said(self, message: Message) -> News:
        self.messages[message.event_id] = message
        return News(Change.SAID, message, message.sender, message.at, message.plain)

    def _reaction(self, sender: str, content: Mapping[str, Any], at: datetime) -> News | None:
        relation = _mapping(content, "m.relates_to")
        target = self.messages.get(str(relation.get("event_id")))
        key = str(relation.get("key", ""))
        if target is None or sender in target.reactions.setdefault(key, []):
            return None
        target.reactions[key].append(sender)
        return News(Change.REACTED, target, sender, at, key)

    def _vote(self, sender: str, content: Mapping[str, Any], at: datetime) -> News | None:
        poll = self.messages.get(str(_mapping(content, "m.relates_to").get("event_id")))
        chosen = ballots.choices_of(content)
        if poll is None or not chosen:
            return None
        poll.votes[sender] = chosen[0]
        return News(Change.VOTED, poll, sender, at, dict(poll.choices).get(chosen[0], chosen[0]))

    def _end(self, sender: str, content: Mapping[str, Any], at: datetime) -> News | None:
        poll = self.messages.get(str(_mapping(content, "m.relates_to").get("event_id")))
        if poll is None:
            return None
        poll.closed = str(content.get(ballots.TEXT, ""))
        return News(Change.CLOSED, poll, sender, at, poll.closed)


def _mapping(content: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = content.get(key)
    return value if isinstance(value, Mapping) else {}


def _mentions(content: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(_mapping(content, "m.mentions").get("user_ids", ()))


def _version(content: Mapping[str, Any], at: datetime) -> Version:
    html = content.get("formatted_body")
    return Version(at, str(content.get("body", "")), html if isinstance(html, str) else None)


def _message(
    room_id: str, event_id: str, sender: str, content: Mapping[str, Any], at: datetime
) -> Message:
    answered = _mapping(_mapping(content, "m.relates_to"), "m.in_reply_to").get("event_id")
    return Message(
        event_id=event_id,
        room_id=room_id,
        sender=sender,
        kind=Kind.FILE if content.get("msgtype") in FILES else Kind.WORDS,
        versions=[_version(content, at)],
        mentions=_mentions(content),
        call=content.get("msgtype") == "m.text",
        subject=_mapping(content, MARK).get("subject"),
        reply_to=str(answered) if answered else None,
    )


def _poll(
    room_id: str, event_id: str, sender: str, content: Mapping[str, Any], at: datetime
) -> Message:
    poll = _mapping(content, ballots.START)
    answers = poll.get("answers", ())
    return Message(
        event_id=event_id,
        room_id=room_id,
        sender=sender,
        kind=Kind.POLL,
        versions=[Version(at, str(_mapping(poll, "question").get("body", "")))],
        subject=_mapping(content, MARK).get("subject"),
        choices=tuple((str(each["id"]), str(each.get(ballots.TEXT, ""))) for each in answers),
    )
