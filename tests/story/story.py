"""The whole line in memory: people, rooms and a clock, but a real database and real words.

`who` is a function's code, with a rank for a deputy ("pol.VB/2"), or a Matrix id. `where` is a
forum's code, or "direct" for the person's own direct room.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.clock.wall import SteeredClock
from bot.dispatch.desk import Desk
from bot.dispatch.ringing import ring_due
from bot.domain.incoming import (
    Incoming,
    Moved,
    PollEnded,
    Proof,
    Reacted,
    Said,
    TakenBack,
    Unreadable,
    Voted,
)
from bot.domain.model import Holding, Letter, Room
from bot.domain.region import Region
from bot.domain.voting import named
from bot.store import deadlines, holdings, law, letters, rooms
from bot.store.engine import Store

BOT = "@samverkan:malarvik.example"
OPERATOR = "@drift:malarvik.example"
FAR = timedelta(days=3650)


@dataclass
class Message:
    """What stands in a room now; `body` is the latest after edits."""

    event_id: str
    body: str
    letter: Letter
    edits: int = 0
    taps: list[str] = field(default_factory=list)
    edited_by: list[str] = field(default_factory=list)
    """The letters that it was written anew by."""


def mxid_of(who: str) -> str:
    """Give the invented Matrix id of a function's holder or deputy."""
    if who.startswith("@"):
        return who
    function, _, rank = who.partition("/")
    return f"@{function.lower()}-{rank or 1}:malarvik.example"


@dataclass
class Story:
    """One region in memory; everything it says is kept by room."""

    region: Region
    store: Store
    desk: Desk
    clock: SteeredClock
    rooms: dict[str, list[Message]] = field(default_factory=dict)
    encrypted: bool = False
    """Whether the rooms are: who has one of the `proofs` writes on a device, others in clear."""
    proofs: dict[str, Proof] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def begin(self, unmanned: set[str] | None = None) -> None:
        """Give every function its holder and deputies, and every forum its room."""
        held = [
            Holding(
                function=code,
                rank=rank,
                mxid=mxid_of(f"{code}/{rank}"),
                name=f"{code} {rank}",
                source="story",
            )
            for code, function in self.region.functions.items()
            for rank in range(1, function.deputies + 2)
            if code not in (unmanned or set())
        ]
        async with self.store.begin() as session:
            await law.take_in(session, self.region)
            session.add_all(held)
            for code in self.region.forums:
                await self._room(session, f"forum:{code}")

    # --- people ---

    async def says(
        self,
        who: str,
        body: str,
        where: str = "VSK",
        *,
        to: str | None = None,
        thread: str | None = None,
    ) -> str:
        """Let somebody write; `to` is a pattern of the bot's message it is a reply to.

        `thread` is the event that the thread they write in began with.

        What they do has an event id, which is given back: for `takes_back`.
        """
        reply = self.find(to, where, who).event_id if to else None
        return await self.happens(
            where, who, lambda head: Said(*head, body=body, reply_to=reply, thread=thread)
        )

    async def taps(self, who: str, key: str = "✅", where: str = "VSK", to: str = "") -> str:
        """Let somebody react to the bot's latest message that matches `to`."""
        target = self.find(to, where, who).event_id
        return await self.happens(where, who, lambda head: Reacted(*head, target=target, key=key))

    async def chooses(
        self, who: str, choice: str | tuple[str, ...], where: str = "VSK", on: str = ""
    ) -> str:
        """Let somebody answer the latest poll whose question matches `on`; () empties it."""
        choices = (choice,) if isinstance(choice, str) else choice
        poll = self.find(on, where, who, kind="poll")
        keys = tuple(named(poll.letter.subject or "", each) for each in choices)
        return await self.happens(
            where, who, lambda head: Voted(*head, poll=poll.event_id, choices=keys)
        )

    async def takes_back(self, who: str, event_id: str, where: str = "VSK") -> None:
        """Let somebody remove what they, or another, wrote, tapped or chose."""
        await self.happens(where, who, lambda head: TakenBack(*head, target=event_id))

    async def ends_poll(self, who: str, where: str = "VSK", on: str = "") -> None:
        """Let somebody close the latest poll, which is not theirs."""
        poll = self.find(on, where, who, kind="poll").event_id
        await self.happens(where, who, lambda head: PollEnded(*head, poll=poll))

    async def moves(self, who: str, membership: str, where: str = "VSK", by: str = "") -> None:
        """Let somebody join or leave a room; `by` another makes it not their own choice."""
        mxid = mxid_of(who)
        await self.happens(
            where,
            by or who,
            lambda head: Moved(*head, mxid=mxid, membership=membership, by_us=by == BOT),
        )

    async def hears(self, *events: Incoming) -> None:
        """Let that reach the bot in one go, just as it is."""
        async with self.store.begin() as session:
            await self.desk.hear(session, events, self.clock.now())
        await self._ring()

    async def mumbles(self, who: str, where: str = "VSK", *, on: str | None = None) -> str:
        """Let somebody write what cannot be read; `on` is a pattern of the poll it answers.

        `where` may be the id of a room that the bot does not know.
        """
        about = self.find(on, where, who, kind="poll").event_id if on is not None else None

        def event(head: tuple[str, str, str, datetime]) -> Unreadable:
            id_, room_id, sender, at = head
            room_id = where if where.startswith("!") else room_id
            return Unreadable(id_, room_id, sender, at, session_id="s", raw="{}", about=about)

        return await self.happens(where, who, event)

    # --- time ---

    async def to(self, local: str) -> None:
        """Let time go to a local date and time, ringing what comes on the way."""
        target = datetime.fromisoformat(local).replace(tzinfo=self.region.timezone)
        await self._until(target)

    async def passes(self, **how_long: float) -> None:
        """Let so much time pass (minutes=, hours=, days=), ringing what comes on the way."""
        await self._until(self.clock.now() + timedelta(**how_long))

    # --- what was said ---

    def said(self, where: str = "VSK", who: str = "") -> list[str]:
        """List what stands in a room, oldest first, edits applied.

        Polls are left out, and the register: it is pinned, and found by `find`.
        """
        return [message.body for message in self._said(where, who)]

    def said_last(self, where: str = "VSK", who: str = "") -> str:
        """Give the newest message of a room as it now reads."""
        return self.said(where, who)[-1]

    def told(self, who: str) -> list[str]:
        """List what stands in somebody's direct room."""
        return self.said("direct", who)

    def told_last(self, who: str) -> str:
        """Give the newest message in somebody's direct room."""
        return self.told(who)[-1]

    def mentioned_last(self, where: str = "VSK", who: str = "") -> list[str]:
        """Give whom the newest message of a room mentions."""
        mentioned: list[str] = self._said(where, who)[-1].letter.content["mention"]
        return mentioned

    def find(self, pattern: str | None, where: str, who: str = "", kind: str = "") -> Message:
        """Find the newest message that matches; AssertionError with what was said instead."""
        for message in reversed(self._messages(where, who)):
            if kind and message.letter.kind != kind:
                continue
            if re.search(pattern or "", message.body, re.DOTALL):
                return message
        bodies = "\n---\n".join(m.body for m in self._messages(where, who))
        raise AssertionError(f"nothing in {where} matches {pattern!r}; there is:\n{bodies}")

    # --- how it works ---

    def _said(self, where: str, who: str) -> list[Message]:
        return [
            m
            for m in self._messages(where, who)
            if m.letter.kind == "message" and not (m.letter.object or "").startswith("register:")
        ]

    def _messages(self, where: str, who: str) -> list[Message]:
        key = f"direct:{mxid_of(who)}" if where == "direct" else f"forum:{where}"
        return self.rooms.setdefault(key, [])

    async def _room(self, session: object, key: str) -> str:
        room_id = f"!{key}"
        row = Room(key=key, room_id=room_id, made_at=self.clock.now(), encrypted=self.encrypted)
        await rooms.remember(session, row)  # type: ignore[arg-type]
        return room_id

    async def happens(
        self,
        where: str,
        who: str,
        event: Callable[[tuple[str, str, str, datetime]], Incoming],
    ) -> str:
        mxid = mxid_of(who)
        key = f"direct:{mxid}" if where == "direct" else f"forum:{where}"
        async with self.store.begin() as session:
            room_id = await self._room(session, key)
        head = (f"$in{next(self._numbers)}", room_id, mxid, self.clock.now())
        await self.hears(self._proved(event(head)))
        return head[0]

    def _proved(self, event: Incoming) -> Incoming:
        """Let it come from the person's device; a reaction never does."""
        proof = None if isinstance(event, Reacted) else self.proofs.get(event.sender)
        return replace(event, proof=proof)

    async def _until(self, target: datetime) -> None:
        while True:
            async with self.store.read() as session:
                due = await deadlines.next_due(session)
            if due is None or due > target:
                break
            self.clock.move_to(max(due, self.clock.now()))
            await self._ring()
        self.clock.move_to(target)

    async def _ring(self) -> None:
        await ring_due(self.store, self.desk, self.clock.now())
        await self._deliver()

    async def _deliver(self) -> None:
        async with self.store.begin() as session:
            for letter in await letters.unsent(session, 10_000):
                event_id = f"$out{letter.position}"
                self._show(letter, event_id)
                letter.event_id, letter.sent_at = event_id, self.clock.now()
                session.add(letter)

    def _show(self, letter: Letter, event_id: str) -> None:
        messages = self.rooms.setdefault(letter.place, [])
        content = letter.content
        if letter.kind == "tap":
            target = next(m for m in messages if letter.target in {m.letter.id, *m.edited_by})
            target.taps.append(content["key"])
            return
        first = next(
            (m for m in messages if letter.object and m.letter.object == letter.object), None
        )
        if first:
            first.body, first.edits = content["plain"], first.edits + 1
            first.edited_by.append(letter.id)
        else:
            body = content.get("question") or content["plain"]
            messages.append(Message(event_id, body, letter))


async def unmanned(story: Story, function: str) -> None:
    """Take every holder of a function away, from now on."""
    async with story.store.begin() as session:
        for holding in await holdings.holders(session, function, story.clock.now()):
            holding.ends = story.clock.now()
            session.add(holding)
