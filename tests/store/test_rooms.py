"""Promises of the rooms: found by key and by id, with who is in them."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.domain.model import Room
from bot.store import deadlines, rooms
from bot.store.engine import Store


async def test_a_room_is_found_by_its_key_and_the_key_by_its_room(
    store: Store, now: datetime
) -> None:
    async with store.begin() as session:
        await rooms.remember(session, Room(key="forum:ISF", room_id="!a", made_at=now))

        found = await rooms.by_key(session, "forum:ISF")
        assert found is not None
        assert found.room_id == "!a"
        assert await rooms.key_of(session, "!a") == "forum:ISF"
        assert await rooms.by_key(session, "forum:SG") is None
        assert await rooms.key_of(session, "!b") is None


async def test_a_new_room_takes_over_the_key(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        await rooms.remember(session, Room(key="space", room_id="!s", made_at=now))
        await rooms.remember(session, Room(key="forum:ISF", room_id="!a", made_at=now))
        await rooms.remember(session, Room(key="forum:ISF", room_id="!b", made_at=now))

        assert [(room.key, room.room_id) for room in await rooms.every(session)] == [
            ("forum:ISF", "!b"),
            ("space", "!s"),
        ]
        assert await rooms.key_of(session, "!a") is None


async def test_a_room_once_seen_encrypted_is_so_for_ever(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        sealed = Room(key="forum:ISF", room_id="!a", made_at=now, encrypted=True)
        await rooms.remember(session, sealed)

        await rooms.remember(session, Room(key="forum:ISF", room_id="!a", made_at=now))

        kept = await rooms.by_key(session, "forum:ISF")
        assert kept is not None
        assert kept.encrypted


async def test_a_room_that_says_so_before_it_is_known_is_known_as_encrypted(
    store: Store, now: datetime
) -> None:
    async with store.begin() as session:
        await rooms.seal(session, "!a")
        before = [await rooms.is_sealed(session, it) for it in ("!a", "!b")]

        row = Room(key="direct:@a:here", room_id="!a", made_at=now, encrypted=False)
        kept = await rooms.remember(session, row)

    assert before == [True, False]
    assert kept.encrypted


@pytest.mark.parametrize("sealed_by", ["its own event", "apply", "another room"])
async def test_a_room_that_is_unsealed_a_second_time_is_told_of_again(
    store: Store, now: datetime, sealed_by: str
) -> None:
    async with store.begin() as session:
        await rooms.remember(session, Room(key="forum:ISF", room_id="!a", made_at=now))
        told = [await deadlines.set_once(session, "room.unsealed", "forum:ISF", now)]
        told.append(await deadlines.set_once(session, "room.unsealed", "forum:ISF", now))

        if sealed_by == "its own event":
            await rooms.seal(session, "!a")
        else:
            room_id, encrypted = ("!a", True) if sealed_by == "apply" else ("!b", False)
            again = Room(key="forum:ISF", room_id=room_id, made_at=now, encrypted=encrypted)
            await rooms.remember(session, again)

        told.append(await deadlines.set_once(session, "room.unsealed", "forum:ISF", now))
        assert told == [True, False, True]


async def test_a_room_knows_who_is_in_it(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        await rooms.moved(session, "!a", "@bo:x", "invite", now)
        await rooms.moved(session, "!a", "@ada:x", "join", now)
        await rooms.moved(session, "!b", "@eva:x", "join", now)

        assert await rooms.joined(session, "!a") == {"@ada:x"}
        assert [(it.mxid, it.membership) for it in await rooms.members(session, "!a")] == [
            ("@ada:x", "join"),
            ("@bo:x", "invite"),
        ]


async def test_who_comes_back_may_be_asked_back_another_time(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        left = await rooms.moved(session, "!a", "@ada:x", "leave", now, by_choice=True)
        left.asked_back = True
        still_out = await rooms.moved(session, "!a", "@ada:x", "leave", now, by_choice=True)
        asked = still_out.asked_back
        back = await rooms.moved(session, "!a", "@ada:x", "join", now)

        assert asked
        assert not back.asked_back
        assert not back.by_choice


async def test_who_was_asked_into_a_room_and_has_not_come_is_found(
    store: Store, now: datetime
) -> None:
    async with store.begin() as session:
        for mxid, membership in (("@in:x", "join"), ("@asked:x", "invite"), ("@gone:x", "leave")):
            await rooms.moved(session, "!a", mxid, membership, now)

        assert await rooms.invited(session) == {("!a", "@asked:x")}
