"""Promises of the small tables of the line: once, by name, in numbers."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.model import Counter
from bot.store import counters, handled, kept, letters, people
from bot.store.engine import Store


async def test_an_event_is_new_once(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        await handled.remember(session, ["$a"], now)

        assert await handled.among(session, ["$a", "$b"]) == {"$a"}


async def test_a_month_of_events_can_come_at_once(store: Store, now: datetime) -> None:
    month = [f"${number}" for number in range(70_000)]
    async with store.begin() as session:
        await handled.remember(session, month[-1:], now)

        assert await handled.among(session, month) == {month[-1]}
        assert await letters.subjects_of(session, month) == {}


async def test_events_too_old_to_come_again_are_forgotten(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        await handled.remember(session, ["$old"], now - timedelta(days=1))
        await handled.remember(session, ["$new"], now)
        await handled.forget(session, now)

        assert await handled.among(session, ["$old", "$new"]) == {"$new"}


async def test_what_is_kept_is_the_last_that_was_put(store: Store) -> None:
    async with store.begin() as session:
        nothing = await kept.get(session, "since")
        await kept.put(session, "since", "s1")
        await kept.put(session, "since", "s2")

        assert nothing is None
        assert await kept.get(session, "since") == "s2"


async def test_numbers_count_by_kind_and_year(store: Store) -> None:
    async with store.begin() as session:
        given = [
            await counters.next_id(session, kind, year)
            for kind, year in [("OV", 2026), ("OV", 2026), ("OV", 2027), ("AF", 2026), ("M", 2026)]
        ]

    assert given == ["OV-2026-001", "OV-2026-002", "OV-2027-001", "AF-2026-0001", "M-2026-001"]


async def test_a_number_grows_when_it_must(store: Store) -> None:
    async with store.begin() as session:
        session.add_all(
            [
                Counter(kind="OV", year=2026, last=999),
                Counter(kind="AF", year=2026, last=9999),
            ]
        )

        assert await counters.next_id(session, "OV", 2026) == "OV-2026-1000"
        assert await counters.next_id(session, "AF", 2026) == "AF-2026-10000"


async def test_a_number_that_was_undone_is_given_again(store: Store) -> None:
    async with store.begin() as session:
        savepoint = await session.begin_nested()
        undone = await counters.next_id(session, "OV", 2026)
        await session.flush()
        await savepoint.rollback()

        assert await counters.next_id(session, "OV", 2026) == undone == "OV-2026-001"


async def test_a_person_has_the_name_last_heard_and_the_language_wished(store: Store) -> None:
    async with store.begin() as session:
        await people.remember(session, "@ada:x", "Ada")
        await people.set_language(session, "@ada:x", "en")
        await people.remember(session, "@ada:x", "Ada Berg")
        await people.set_language(session, "@bo:x", "sv")

    async with store.read() as session:
        ada, bo = await people.get(session, "@ada:x"), await people.get(session, "@bo:x")
        assert ada is not None
        assert (ada.name, ada.language) == ("Ada Berg", "en")
        assert bo is not None
        assert (bo.name, bo.language) == ("@bo:x", "sv")
        assert await people.get(session, "@eva:x") is None
