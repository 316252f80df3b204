"""From answers to letters: finds the words, and writes them down in the same transaction."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.dispatch.marking import admitted, marked
from bot.domain.answer import (
    Answer,
    Direct,
    InForum,
    Operators,
    Outward,
    Place,
    PollEnd,
    Reply,
)
from bot.domain.filenames import file_name
from bot.domain.model import Dispatch, Letter
from bot.domain.places import key_of
from bot.domain.region import Language, Region
from bot.domain.voting import named
from bot.store import dispatches, exercises, letters, people
from bot.text.phrasebook import Phrasebook

log = structlog.get_logger()


@dataclass(frozen=True)
class Occasion:
    """What answers are answers to: where it was asked, in which language, by which event.

    `thread` is the event that the thread it was asked in began with.
    """

    now: datetime
    place: Place | None = None
    language: Language | None = None
    event_id: str | None = None
    thread: str | None = None
    region: Region | None = None
    """The law by which it is answered: the region's, or an exercise's."""


@dataclass(frozen=True)
class Post:
    """The writing desk."""

    phrasebook: Phrasebook
    language: Language
    """The region's: what is said in a forum, and to those who never chose another."""
    operators: tuple[str, ...] = ()
    """Who runs the bot, by mxid; `Operators` as a place is the direct room of each."""

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
                ended = await self._end_poll(session, answer, occasion, so_far)
                written += await self._marked(session, ended, answer.to, None, occasion)
            elif isinstance(answer, Outward):
                if not _practised(occasion):
                    await dispatches.write(session, self._outward(answer, occasion.now))
            elif isinstance(answer.to, Operators):
                for mxid in self.operators:
                    told = replace(answer, to=Direct(mxid))
                    written += await self._say(session, told, occasion)
            else:
                written += await self._say(session, answer, occasion)
        return written

    async def _marked(
        self,
        session: AsyncSession,
        written: list[Letter],
        place: Place,
        subject: str | None,
        occasion: Occasion,
    ) -> list[Letter]:
        """Mark the letters of an exercise; what is said in its rooms, or about it, is of it."""
        region = occasion.region
        if region is None:
            return written
        if region.exercise is None and isinstance(place, InForum):
            region = region.world_of(place.forum)
        if region.exercise is None and subject:
            year = occasion.now.astimezone(region.timezone).year
            region = await exercises.world_of(session, region, subject, year)
        if region.exercise is None:
            return written
        language = await self._language(session, place, occasion.language, back=True)
        named = {"exercise": region.exercise.code}
        mark = self.phrasebook.line("exercise/mark", named, language, now=occasion.now)
        return [marked(letter, mark) for letter in written]

    async def _say(self, session: AsyncSession, reply: Reply, occasion: Occasion) -> list[Letter]:
        place = reply.to or occasion.place
        if place is None:
            msg = f"{reply.name} has nowhere to go"
            raise ValueError(msg)
        here = place == occasion.place
        if occasion.region and not here and not admitted(occasion.region, place):
            log.warning("letter.kept_out", name=reply.name, exercise=occasion.region.practised)
            return []
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
            if reply.to is None and occasion.thread:  # what is for the whole room stays in sight
                content["thread"] = occasion.thread
        if reply.answers:
            content["reply_to"] = reply.answers
        letter = _letter(place, "message", content, occasion.now)
        letter.subject, letter.object, letter.urgent = reply.subject, reply.object, reply.call
        written = [letter]
        if reply.ballot:
            written.append(self._poll(reply, place, language, occasion.now))
        if reply.paper:
            written.append(self._paper(reply, place, language, occasion.now))
        if reply.tap:
            tap = _letter(place, "tap", {"key": reply.tap}, occasion.now)
            tap.target = letter.id
            written.append(tap)
        return await self._marked(session, written, place, reply.subject, occasion)

    def _outward(self, out: Outward, now: datetime) -> Dispatch:
        """Write what goes by another way: all of it, so that whoever carries it adds nothing."""
        words = self.phrasebook.say(out.name, out.facts, self.language, now=now)
        heading = self.phrasebook.line(f"{out.name}_subject", out.facts, self.language, now=now)
        return Dispatch(
            id=secrets.token_hex(16),
            about=out.about,
            occasion=out.occasion,
            organisation=out.organisation,
            kind=out.way.kind,
            address=out.way.address,
            mxid=out.mxid,
            function=out.function,
            content={"subject": heading, "text": words.plain, "data": dict(out.data)},
            written_at=now,
            until=out.until,
        )

    def _paper(self, reply: Reply, place: Place, language: str, now: datetime) -> Letter:
        """Write the letter of a file: the words of its pages, and what is said if it cannot go."""
        name = f"paper/{reply.paper}"
        called = file_name(
            self.phrasebook.line(f"{name}_name", reply.facts, language, now=now), "pdf"
        )
        unsent = self.phrasebook.line("paper/unsent", {"name": called}, language, now=now)
        words = self.phrasebook.say(name, reply.facts, language, now=now)
        content: dict[str, Any] = {
            "plain": called, "html": words.html, "language": language, "unsent": unsent,
            "mention": [], "call": False,
        }  # fmt: skip
        if picture := reply.facts.get("picture"):
            spoken = self.phrasebook.line(f"{name}_words", {}, language, now=now)
            content["picture"] = {**picture, "words": [it.strip() for it in spoken.split("|")]}
        paper = _letter(place, "file", content, now)
        paper.subject = reply.subject
        return paper

    def _poll(self, reply: Reply, place: Place, language: str, now: datetime) -> Letter:
        assert reply.ballot is not None  # noqa: S101 - the caller looked
        ballot = reply.ballot
        content = {
            "question": self.phrasebook.line(ballot.question, reply.facts, language, now=now),
            "choices": [
                [
                    named(reply.subject, key) if reply.subject else key,
                    self.phrasebook.line(name, {}, language, now=now),
                ]
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


def _practised(occasion: Occasion) -> bool:
    """Tell whether it is an exercise's: no other way than its rooms leads out of one."""
    return occasion.region is not None and occasion.region.exercise is not None


def _letter(place: Place, kind: str, content: dict[str, Any], now: datetime) -> Letter:
    return Letter(
        id=secrets.token_hex(16),
        place=key_of(place),
        kind=kind,
        content=content,
        written_at=now,
    )
