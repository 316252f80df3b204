"""From answers to letters: finds the words, and writes them down in the same transaction."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.answer import Answer, Direct, InForum, InRoom, Place, PollEnd, Reply
from bot.domain.model import Letter
from bot.domain.region import Language
from bot.store import letters, people
from bot.text.phrasebook import Phrasebook


def place_key(place: Place) -> str:
    """Write a place as the letter table does."""
    match place:
        case InForum(forum):
            return f"forum:{forum}"
        case Direct(mxid):
            return f"direct:{mxid}"
        case InRoom(room_id):
            return f"room:{room_id}"


@dataclass(frozen=True)
class Occasion:
    """What answers are answers to: where it was asked, in which language, by which event."""

    now: datetime
    place: Place | None = None
    language: Language | None = None
    event_id: str | None = None


@dataclass(frozen=True)
class Post:
    """The writing desk."""

    phrasebook: Phrasebook
    language: Language
    """The region's: what is said in a forum, and to those who never chose another."""

    async def write(
        self,
        session: AsyncSession,
        answers: Sequence[Answer],
        occasion: Occasion,
        before: Sequence[Letter] = (),
    ) -> list[Letter]:
        """Write a letter, or several, for each answer; they are sent once they are kept.

        `before` are those written in the same transaction and not kept yet.
        """
        written: list[Letter] = []
        for answer in answers:
            if isinstance(answer, PollEnd):
                so_far = [*before, *written]
                written += await self._end_poll(session, answer, occasion, so_far)
            else:
                written += await self._say(session, answer, occasion)
        return written

    async def _say(self, session: AsyncSession, reply: Reply, occasion: Occasion) -> list[Letter]:
        place = reply.to or occasion.place
        if place is None:
            msg = f"{reply.name} has nowhere to go"
            raise ValueError(msg)
        here = place == occasion.place
        spoken = occasion.language if here else None
        language = await self._language(session, place, spoken, back=reply.to is None)
        words = self.phrasebook.say(reply.name, reply.facts, language, now=occasion.now)
        content: dict[str, Any] = {
            "plain": words.plain,
            "html": words.html,
            "mention": list(reply.mention),
            "call": reply.call,
        }
        if here and occasion.event_id:
            content["reply_to"] = occasion.event_id
        letter = _letter(place, "message", content, occasion.now)
        letter.subject, letter.object, letter.urgent = reply.subject, reply.object, reply.call
        written = [letter]
        if reply.ballot:
            written.append(self._poll(reply, place, language, occasion.now))
        if reply.tap:
            tap = _letter(place, "tap", {"key": reply.tap}, occasion.now)
            tap.target = letter.id
            written.append(tap)
        return written

    def _poll(self, reply: Reply, place: Place, language: str, now: datetime) -> Letter:
        assert reply.ballot is not None  # noqa: S101 - the caller looked
        ballot = reply.ballot
        content = {
            "question": self.phrasebook.line(ballot.question, reply.facts, language, now=now),
            "choices": [
                [key, self.phrasebook.line(name, {}, language, now=now)]
                for key, name in ballot.choices
            ],
        }
        poll = _letter(place, "poll", content, now)
        poll.subject = reply.subject
        return poll

    async def _end_poll(
        self, session: AsyncSession, end: PollEnd, occasion: Occasion, so_far: Sequence[Letter]
    ) -> list[Letter]:
        polls = [it for it in so_far if it.kind == "poll" and it.subject == end.subject]
        poll = (polls and polls[-1]) or await letters.latest_of_subject(
            session, end.subject, "poll"
        )
        if poll is None:
            return []
        line = self.phrasebook.line(end.name, end.facts, self.language, now=occasion.now)
        letter = _letter(end.to, "poll_end", {"plain": line}, occasion.now)
        letter.target = poll.id
        return [letter]

    async def _language(
        self, session: AsyncSession, place: Place, spoken: Language | None, *, back: bool
    ) -> Language:
        """Choose the language; `back`: it goes back to the one who asked, as they spoke."""
        if not isinstance(place, Direct):
            return (spoken if back else None) or self.language
        if spoken:
            return spoken
        person = await people.get(session, place.mxid)
        return (person.language if person else None) or self.language


def _letter(place: Place, kind: str, content: dict[str, Any], now: datetime) -> Letter:
    return Letter(
        id=secrets.token_hex(16),
        place=place_key(place),
        kind=kind,
        content=content,
        written_at=now,
    )
