"""Whether what somebody asks counts as theirs: from whose device it came, and on whose word.

An answer counts from the device of the person it is from. In a room without encryption, and for a
reaction, which no client encrypts, the person's own homeserver is the only one who can say so; the
record says which of the two it was (docs/decisions/0020).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.asking import Ask
from bot.dispatch.hearing import Wish
from bot.dispatch.holding import laid_aside
from bot.domain.answer import Direct, Reply, Typed
from bot.domain.incoming import Event, Reacted, Said, Voted
from bot.domain.model import Choice
from bot.domain.rooms import forum_of
from bot.procedures import alarms, identities
from bot.procedures.alarms import Alarm
from bot.store import identities as store
from bot.store import rooms, subjects

ALONE = "·"
"""What stands before words that were said without a verb."""

MOST_HELD = 20
"""Answers of one person that wait at most; more are refused."""

Taps = Literal["count", "acknowledge"]
"""What a reaction is good for: every answer it means, or only to say that a summons has come."""


@dataclass(frozen=True)
class Trust:
    """What the operator takes for somebody's word. `encrypted`: new rooms are."""

    encrypted: bool = False
    taps: Taps = "count"


async def doubted(trust: Trust, found: Wish, ask: Ask, event: Event, alarm: Alarm) -> list[Reply]:
    """Say why it does not count, and what to do instead; nothing where nothing speaks against it.

    What counts only once somebody has vouched for its person is laid aside here.
    """
    if not found.command.counts:
        await identities.meet(ask)  # who only reads shows who they are, too
        return []
    refused = await _refused(trust, found, ask, event)
    if refused:
        return [refused]
    looked = await identities.look(ask)
    if looked.standing == "unsigned":
        return [_said("refusal/unsigned_device", found, ask, event)]
    if looked.standing == "changed":
        return await _kept(found, ask, event, alarm, newly=looked.newly)
    return []


async def _refused(trust: Trust, found: Wish, ask: Ask, event: Event) -> Reply | None:
    """Refuse a tap where a word is wanted, and what is in clear where everybody encrypts."""
    if isinstance(event, Reacted):
        return _tapped(trust, found, ask)
    if event.proof is None and await _is_sealed(trust, ask.session, event.room_id):
        return _said("refusal/in_clear", found, ask, event)
    return None


async def _kept(found: Wish, ask: Ask, event: Event, alarm: Alarm, *, newly: bool) -> list[Reply]:
    """Lay an answer aside until somebody vouches; what begins something is to be said again."""
    told: list[Reply] = []
    count = await store.held_count(ask.session, ask.mxid)
    held = found.command.counts == "answer" and count < MOST_HELD
    if held:
        ask.session.add(laid_aside(event, ask.now))
    facts = {
        "held": held, "mxid": ask.mxid, "who": await identities.who_can(ask),
        "command": found.command.name, "typed": again(found, event),
    }  # fmt: skip
    told.append(Reply("identity/held", facts, to=None if isinstance(event, Said) else _own(ask)))
    if newly:
        forum = await subjects.forum_of(ask.session, ask.about)
        here = ask.forum.code if ask.forum else identities.seat_forum(ask)
        told += await alarms.changed(alarm, ask.mxid, ask.name, forum or here)
    return told


def _said(name: str, found: Wish, ask: Ask, event: Event) -> Reply:
    """Say it where it was written; of a form or a tap, to its person alone."""
    facts = {"command": found.command.name, "typed": again(found, event)}
    return Reply(name, facts, to=None if isinstance(event, Said) else _own(ask))


def _tapped(trust: Trust, found: Wish, ask: Ask) -> Reply | None:
    if trust.taps == "count" or ask.about_id("summons"):
        return None
    facts = {"command": found.command.name, "typed": Typed(found.words)}
    return Reply("refusal/tap_is_not_enough", facts, to=_own(ask))


def _own(ask: Ask) -> Direct:
    return Direct(ask.mxid)


def again(found: Wish, event: Event) -> Typed:
    """Give the words to write again after the verb; a form's choice is written as its digit."""
    words = found.words.removeprefix(ALONE).strip()
    if isinstance(event, Voted):
        id_, _, choice = words.partition(" ")
        digits = {str(each): number for number, each in enumerate(Choice, start=1)}
        words = f"{id_} {digits.get(choice, choice)}"
    return Typed(words)


async def _is_sealed(trust: Trust, session: AsyncSession, room_id: str) -> bool:
    """Tell whether what is said there is encrypted by everybody who means it.

    A forum's room is as the bot made it. Any other may be opened by a homeserver in a person's
    name, so that there it takes what the operator wants.
    """
    room = await rooms.by_id(session, room_id)
    if room is None:
        return trust.encrypted
    return room.encrypted or (trust.encrypted and forum_of(room.key) is None)
