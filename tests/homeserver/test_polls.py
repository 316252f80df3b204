"""Polls on a real homeserver: what it makes of votes, of what is removed, and of relations."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

import pytest

from bot.clock.wall import WallClock
from bot.domain.incoming import Incoming, PollEnded, TakenBack, Voted
from bot.domain.model import AgreementState, Room
from bot.matrix import ballots
from bot.matrix.ears import Ears
from bot.matrix.recount import Recount
from bot.matrix.wire import quote
from bot.store.engine import Store
from bot.store.migrations import migrate
from tests.homeserver.conftest import CLIENT, Arrives, Person
from tests.matrix.test_line import NOW, proposal
from tests.matrix.test_line import poll as the_poll

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]

STABLE = {"m.selections": ["disagrees"]}


async def sends(
    person: Person, room: str, to: list[str], kind: str, content: dict[str, Any]
) -> str:
    """Send an encrypted event of any type, as a client does."""
    secret = await person.keyring.encrypt(person.wire, room, to, kind, content)
    path = f"{CLIENT}/rooms/{quote(room)}/send/m.room.encrypted/{secrets.token_hex(8)}"
    return str((await person.wire.call("PUT", path, secret))["event_id"])


async def with_open_poll(url: str, room: str, poll: str) -> Store:
    """Open a memory in which that poll is about a proposal that takes positions still."""
    await migrate(url)
    store = await Store.open(url)
    async with store.begin() as session:
        session.add(proposal("OV-1", AgreementState.PROPOSED))
        session.add(the_poll("OV-1").sqlmodel_update({"event_id": poll}))
        session.add(Room(key="forum:VSK", room_id=room, made_at=NOW))
    return store


def read(bot: Person, room: str, events: list[Any]) -> list[Incoming]:
    """Read a timeline as the bot would."""
    sync = {"next_batch": "x", "rooms": {"join": {room: {"timeline": {"events": events}}}}}
    return list(Ears(bot.user_id, (), bot.keyring, WallClock().now).read(sync, first=False).events)


async def test_votes_their_removal_and_anothers_end_are_heard_and_found_by_their_poll(
    arrives: Arrives, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bot, voter = await arrives("bot"), await arrives("voter")
    room = await bot.opens_room()
    await bot.invites(room, voter)
    both = [bot.user_id, voter.user_id]
    question = ballots.start("Bron?", [["agrees", "1"], ["disagrees", "4"]])
    poll = await sends(bot, room, both, ballots.START, question)
    await bot.syncs()

    vote = await sends(voter, room, both, ballots.RESPONSE, ballots.response(poll, ["agrees"]))
    stable = {"m.relates_to": {"rel_type": "m.reference", "event_id": poll}} | STABLE
    kept = await sends(voter, room, both, "m.poll.response", stable)
    removal = f"{CLIENT}/rooms/{quote(room)}/redact/{quote(vote)}/{secrets.token_hex(8)}"
    heard = (await bot.syncs())["rooms"]["join"][room]["timeline"]["events"]
    await voter.wire.call("PUT", removal, {})
    await sends(voter, room, both, ballots.END, ballots.end(poll, "Slut"))
    then = (await bot.syncs())["rooms"]["join"][room]["timeline"]["events"]

    votes = [it for it in read(bot, room, heard) if isinstance(it, Voted)]
    taken, ended = (it for it in read(bot, room, then) if isinstance(it, TakenBack | PollEnded))
    assert [(it.event_id, it.poll, it.choices) for it in votes] == [
        (vote, poll, ("agrees",)), (kept, poll, ("disagrees",)),
    ]  # fmt: skip
    assert isinstance(taken, TakenBack)
    assert (taken.sender, taken.target) == (voter.user_id, vote)
    assert isinstance(ended, PollEnded)

    monkeypatch.setattr("bot.matrix.recount.PAGE", 1)
    store = await with_open_poll(f"sqlite:///{tmp_path / 'polls.db'}", room, poll)
    found = await Recount(bot.wire, store).votes(room, set())
    await store.close()
    (left,) = (it for it in read(bot, room, found) if isinstance(it, Voted))
    assert (left.event_id, left.choices) == (kept, ("disagrees",))
