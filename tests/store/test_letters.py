"""Promises of the letters: in order, sent once, found again."""

from __future__ import annotations

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import Letter
from bot.store import letters
from bot.store.engine import Store


async def test_letters_wait_in_the_order_they_were_written(store: Store, now: datetime) -> None:
    ids = [f"b{number}" for number in range(150)] + [f"a{number}" for number in range(150)]
    async with store.begin() as session:
        for id_ in ids:
            await letters.write(session, [a_letter(id_, now)])

    async with store.read() as session:
        waiting = await letters.unsent(session, 200)

    assert [letter.id for letter in waiting] == ids[:200]


async def test_what_is_sent_or_given_up_waits_no_more(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        await write(session, now, "one", "two", "three", "four")

    async with store.begin() as session:
        await letters.mark_sent(session, {"one": "$1", "three": "$3"}, now)
        await letters.give_up(session, "four", "the room is gone")

    async with store.read() as session:
        assert [letter.id for letter in await letters.unsent(session, 10)] == ["two"]
        third = await letters.by_id(session, "three")
        assert third is not None
        assert (third.event_id, third.sent_at) == ("$3", now)
        fourth = await letters.by_id(session, "four")
        assert fourth is not None
        assert fourth.given_up == "the room is gone"


async def test_marking_nothing_sent_does_nothing(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        await write(session, now, "one")
        await letters.mark_sent(session, {}, now)

        assert len(await letters.unsent(session, 10)) == 1


async def test_what_a_letter_is_about_is_found_by_the_event_it_became(
    store: Store, now: datetime
) -> None:
    async with store.begin() as session:
        await write(session, now, "one", "two")
        await session.flush()
        await letters.mark_sent(session, {"one": "$1"}, now)

    async with store.read() as session:
        found = await letters.subjects_of(session, ["$1", "$2"])

    assert found == {"$1": None}


async def test_edits_belong_to_the_first_letter_of_an_object(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        for id_, place in [("one", "forum:ISF"), ("other", "forum:SG"), ("two", "forum:ISF")]:
            letter = a_letter(id_, now)
            letter.place, letter.object = place, "KA-2026-001"
            await letters.write(session, [letter])

        first = await letters.first_of_object(session, "forum:ISF", "KA-2026-001")
        none = await letters.first_of_object(session, "forum:ISF", "KA-2026-002")

    assert first is not None
    assert first.id == "one"
    assert none is None


async def test_the_newest_letter_about_a_subject_is_found(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        for id_, kind in [("one", "message"), ("two", "poll"), ("three", "message")]:
            letter = a_letter(id_, now)
            letter.subject, letter.kind = "OV-2026-001", kind
            await letters.write(session, [letter])

        newest = await letters.latest_of_subject(session, "OV-2026-001")
        poll = await letters.latest_of_subject(session, "OV-2026-001", "poll")

    assert newest is not None
    assert newest.id == "three"
    assert poll is not None
    assert poll.id == "two"


async def test_content_comes_back_as_it_was(store: Store, now: datetime) -> None:
    content = {"body": 'Läget är 🟢 \\ "så"', "deep": {"list": [1, 2.5, None, True]}, "": ""}
    async with store.begin() as session:
        letter = a_letter("one", now)
        letter.content = content
        await letters.write(session, [letter])

    async with store.read() as session:
        found = await letters.by_id(session, "one")

    assert found is not None
    assert found.content == content


def a_letter(id_: str, now: datetime) -> Letter:
    return Letter(id=id_, place="forum:ISF", kind="message", content={}, written_at=now)


async def write(session: AsyncSession, now: datetime, *ids: str) -> None:
    for id_ in ids:
        await letters.write(session, [a_letter(id_, now)])
