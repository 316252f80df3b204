"""Where a play has come to: the time, the rooms, what was said; and the ways to act in it."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from bot.domain.membership import functions_of
from bot.domain.rooms import SPACE
from bot.matrix.wire import MatrixRefusal
from bot.rehearsal.backstage import Delivery, Quiet, Stage
from bot.rehearsal.company import Company, side_by_side
from bot.rehearsal.homeserver import Homeserver
from bot.rehearsal.person import GLANCE, Heard, Person
from bot.rehearsal.record import Message, News, Record
from bot.rehearsal.script import DIRECT, Role, Script, Where

FORUM = "forum:"
KNOWS_WITHIN = 10.0  # seconds of real time for the bot to take note of a room it has come into


class Teller(Protocol):
    """Somebody who is told what happens, as it happens."""

    def tell(self, news: News) -> None:
        """Tell of a change in a room."""

    def happened(self, at: datetime, what: str) -> None:
        """Tell what was done to a machine, or what nobody could do."""


class CannotAct(Exception):  # noqa: N818 - says what it is
    """A person could not do what the scenario says; the message says why."""


@dataclass
class Scene:
    """The state of a play. `bot` is the bot's Matrix id."""

    script: Script
    company: Company
    stage: Stage
    bot: str
    now: datetime
    teller: Teller
    encrypted: bool
    record: Record = field(default_factory=Record)
    rooms: dict[str, str] = field(default_factory=dict)
    next_due: datetime | None = None
    down: set[str] = field(default_factory=set)
    """The homeservers that are stopped, by the part of their ids after the colon."""
    _seen: list[str] = field(default_factory=list)
    _early: list[Message] = field(default_factory=list)
    """What the bot said while everybody was still coming in."""
    _encrypted: dict[str, bool] = field(default_factory=dict)
    _witnesses: dict[str, Person] = field(default_factory=dict)
    _awaited: dict[str, set[str]] = field(default_factory=dict)
    """What lies in whose rooms unread, by Matrix id: for a while, where a homeserver is away."""
    _invited: list[tuple[str, str]] = field(default_factory=list)
    _unseen: list[Message] = field(default_factory=list)
    """What asks somebody who cannot see it yet."""

    async def settle(self) -> list[Message]:
        """Let the bot come to rest, let its readers read; give what it has said or changed."""
        if not self.stage.running:
            self.next_due = None
            return []
        if self.bot.partition(":")[2] in self.down:
            quiet = await self.stage.endure(self.now)
        else:
            quiet = await self.stage.settle(self.now, self._to_be_read(), self.down)
        self.next_due = quiet.next_due
        news, self._early = [*self._early, *await self._read(quiet)], []
        return news

    async def wake(self) -> None:
        """Start the bot, which first of all reads whatever it has not read yet."""
        await self.stage.start(self.now)
        self._to_be_read()

    def _to_be_read(self) -> list[str]:
        """Give what the bot is to have read before time goes on, each once."""
        said, self._seen = self._seen, []
        return said + self.company.take_arrivals(self.bot.partition(":")[2])

    async def gather(self) -> None:
        """Learn the rooms, and let everybody go where they are invited."""
        self.rooms = dict((await self.stage.ask("rooms"))["rooms"])
        self._early = await self.settle()
        people = self.company.people.items()
        waiting = [each for role, each in people if role.rank == 1 and not each.joined]
        await self._take_in({each.mxid: () for each in waiting})
        self._early = await self.settle()

    async def find_room(self, where: Where, role: Role | None) -> str | None:
        """Find a forum's room, or somebody's direct room; None if there is none."""
        key = f"{FORUM}{where}"
        if where == DIRECT and role is not None:
            key = f"direct:{self.company.people[role].mxid}"
        if key not in self.rooms and self.stage.running:
            self.rooms = dict((await self.stage.ask("rooms"))["rooms"])
        return self.rooms.get(key)

    async def room_of(self, where: Where, role: Role) -> str:
        """Find where somebody is to act. A direct room that is not there yet, they open."""
        room_id = await self.find_room(where, role)
        if room_id is None and where == DIRECT:
            person = self.company.people[role]
            room_id = await person.open_direct(self.bot, encrypted=self.encrypted)
            await person.wait_for(room_id, self.bot)
            await self._adopted(where, role)
        if room_id is None:
            raise CannotAct("there is no such room yet")
        return room_id

    async def _adopted(self, where: Where, role: Role) -> None:
        """Wait until the bot knows the direct room that somebody has opened as theirs."""
        async with asyncio.timeout(KNOWS_WITHIN):
            while await self.find_room(where, role) is None:  # noqa: ASYNC110
                await asyncio.sleep(GLANCE)  # another process: nobody here can tell us

    def place_of(self, room_id: str) -> str:
        """Name a room by its key: "forum:VSK", "direct:@mxid"; its id if it has none."""
        return next((key for key, its in self.rooms.items() if its == room_id), room_id)

    async def send(
        self, person: Person, room_id: str, kind: str, content: Mapping[str, Any]
    ) -> None:
        """Let somebody put an event in a room; the bot is waited for before time goes on."""
        if self.is_away(person):
            raise CannotAct("their homeserver does not answer")
        readers = [self.bot] if await self._is_encrypted(room_id, person) else []
        if readers and (witness := self.witness(room_id)) and witness is not person:
            readers.append(witness.mxid)
        event_id = await person.send(room_id, kind, content, readers)
        self._seen.append(event_id)
        event = {"event_id": event_id, "sender": person.mxid, "type": kind, "content": content}
        self._take(Heard(room_id, event))

    def witness(self, room_id: str) -> Person | None:
        """Give who reads a room for the record: the first of the law who is in it."""
        known = self._witnesses.get(room_id)
        if known is None or room_id not in known.joined:
            there = [each for each in self.company.in_order() if room_id in each.joined]
            near = self.bot.partition(":")[2]
            known = next((p for p in there if p.server.name == near), next(iter(there), None))
            if known is not None:
                self._witnesses[room_id] = known
        return known

    async def back(self, server: Homeserver) -> None:
        """Take note that a homeserver is there again; its people will see what they missed."""
        self.down.discard(server.name)
        people = [each for each in self.company.in_order() if each.server.name not in self.down]
        for other in {each.server.name: each for each in people}.values():
            greeter = next((each for each in people if each.server is server), None)
            if greeter is not None and other.server is not server:
                await greeter.greet(other.mxid)
        self._early += self._unseen
        self._unseen.clear()

    def is_away(self, person: Person) -> bool:
        """Tell whether somebody's homeserver is stopped."""
        return person.server.name in self.down

    def asked(self, message: Message) -> set[Role]:
        """Tell whom a message of the bot's asks: who is mentioned, or whose direct room it is.

        Who is mentioned in a room that they are not in sees nothing of it and is asked elsewhere.
        Who cannot see it now is asked when their homeserver is back.
        """
        place = self.place_of(message.room_id)
        alone = {place.removeprefix("direct:")} if place.startswith("direct:") else set()
        found = map(self.company.person, alone or message.mentions)
        people = [it for it in found if it is not None and message.room_id in it.joined]
        if any(map(self.is_away, people)):
            self._unseen.append(message)
        return {person.role for person in people if not self.is_away(person)}

    async def _read(self, quiet: Quiet) -> list[Message]:
        """Let those whose phone has buzzed read it; give the bot's messages that are new."""
        if any(each.room_id not in self.rooms.values() for each in quiet.delivered):
            self.rooms = dict((await self.stage.ask("rooms"))["rooms"])
        invited, self._invited = [*self._invited, *quiet.invited], []
        await side_by_side([self._go(*each) for each in invited])
        for each in quiet.delivered:
            reader = self._reader(each)
            if reader is not None:
                self._awaited.setdefault(reader.mxid, set()).add(each.event_id)
        news = await self._take_in(self._awaited)
        changed = {each.message.event_id: each.message for each in news}
        return [each for each in changed.values() if each.sender == self.bot]

    async def _go(self, room_id: str, mxid: str) -> None:
        """Let somebody go where they have been invited, unless they are no longer wanted there."""
        person = self.company.person(mxid)
        if person is None:
            return
        if self.is_away(person):
            self._invited.append((room_id, mxid))
            return
        try:
            if person.server.name == self.bot.partition(":")[2]:
                await person.join(room_id)
            else:
                await person.follow(room_id)
                await self._look_round(room_id, person)
        except (MatrixRefusal, TimeoutError) as refusal:
            self.teller.happened(self.now, f"{person.name} could not go in: {refusal}")

    async def _look_round(self, room_id: str, person: Person) -> None:
        """Let who came into the Space from another homeserver go into the rooms they are shown."""
        if room_id != self.rooms.get(SPACE) or person.role.rank != 1:
            return
        region = self.script.region
        for forum in region.forums.values():
            its = self.rooms.get(f"{FORUM}{forum.code}")
            if its and person.role.function in functions_of(forum, region):
                await person.join(its, via=self.bot.partition(":")[2])

    def _reader(self, delivery: Delivery) -> Person | None:
        """Tell whose phone a delivery makes buzz: one for the record, in a room of many."""
        kind, _, mxid = delivery.place.partition(":")
        if kind == "direct":
            return self.company.person(mxid)
        return self.witness(delivery.room_id)

    async def _take_in(self, awaited: Mapping[str, Collection[str]]) -> list[News]:
        """Let them read what awaits each, side by side, and take it in in the order of the law."""
        there = [each for each in self.company.in_order() if not self.is_away(each)]
        people = [each for each in there if each.mxid in awaited]
        pages = await side_by_side([each.read(awaited[each.mxid]) for each in people])
        for each in people:
            self._awaited.pop(each.mxid, None)
        taken = (self._take(each) for page in pages for each in page)
        return [news for news in taken if news is not None]

    def _take(self, heard: Heard) -> News | None:
        news = self.record.take(heard.room_id, heard.event, self.now)
        if news is not None:
            self.teller.tell(news)
        return news

    async def _is_encrypted(self, room_id: str, person: Person) -> bool:
        if room_id not in self._encrypted:
            self._encrypted[room_id] = await person.is_encrypted(room_id)
        return self._encrypted[room_id]
