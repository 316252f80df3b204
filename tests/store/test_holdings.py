"""Promises of the holdings: who has what when, and a roster that may be read again and again."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import Holding
from bot.store import holdings
from bot.store.engine import Store

DAY = timedelta(days=1)


async def test_the_holder_comes_before_the_deputies(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        session.add_all(
            [
                held("lst.TIB", "@bo:x", rank=2),
                held("lst.TIB", "@ada:x"),
                held("eke.TIB", "@eva:x"),
            ]
        )

        assert await names(session, now) == [
            "eke.TIB 1 @eva:x",
            "lst.TIB 1 @ada:x",
            "lst.TIB 2 @bo:x",
        ]
        assert [it.mxid for it in await holdings.holders(session, "lst.TIB", now)] == [
            "@ada:x",
            "@bo:x",
        ]
        assert [it.function for it in await holdings.held_by(session, "@eva:x", now)] == ["eke.TIB"]


async def test_a_holding_starts_at_its_start_and_is_over_at_its_end(
    store: Store, now: datetime
) -> None:
    async with store.begin() as session:
        session.add_all(
            [
                held("lst.TIB", "@ada:x", starts=now - DAY, ends=now),
                held("lst.TIB", "@bo:x", starts=now, ends=now + DAY),
            ]
        )

        assert await names(session, now) == ["lst.TIB 1 @bo:x"]
        assert await names(session, now - DAY) == ["lst.TIB 1 @ada:x"]
        assert await names(session, now + DAY) == []


async def test_the_next_change_is_the_nearest_start_or_end(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        nothing = await holdings.next_change(session, now)
        session.add_all(
            [
                held("lst.TIB", "@ada:x", ends=now + 2 * DAY),
                held("eke.TIB", "@eva:x", starts=now + DAY),
                held("eke.TIB", "@bo:x", starts=now - DAY, ends=now),
            ]
        )

        assert nothing is None
        assert await holdings.next_change(session, now) == now + DAY
        assert await holdings.next_change(session, now + DAY) == now + 2 * DAY
        assert await holdings.next_change(session, now + 2 * DAY) is None


async def test_the_same_roster_again_changes_nothing(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        await holdings.replace_all(session, "roster", a_roster(now), now)
        before = await rows(session)
        await holdings.replace_all(session, "roster", a_roster(now), now + DAY)

        assert await rows(session) == before
        assert len(before) == 4


async def test_who_is_taken_out_ends_now_and_stays_in_the_history(
    store: Store, now: datetime
) -> None:
    async with store.begin() as session:
        await holdings.replace_all(session, "roster", [held("lst.TIB", "@ada:x")], now)
        await holdings.replace_all(session, "roster", [held("lst.TIB", "@bo:x")], now + DAY)

        assert await names(session, now) == ["lst.TIB 1 @ada:x", "lst.TIB 1 @bo:x"]
        assert await names(session, now + DAY) == ["lst.TIB 1 @bo:x"]


async def test_what_had_not_begun_leaves_no_trace_when_taken_out(
    store: Store, now: datetime
) -> None:
    async with store.begin() as session:
        planned = held("lst.TIB", "@ada:x", starts=now + DAY)
        await holdings.replace_all(session, "roster", [planned], now)
        await holdings.replace_all(session, "roster", [], now)

        assert await rows(session) == []


async def test_an_end_may_be_moved(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        for ends in (now + DAY, now + 2 * DAY):
            shift = held("lst.TIB", "@ada:x", starts=now, ends=ends)
            await holdings.replace_all(session, "roster", [shift], now)

        assert [row[-2] for row in await rows(session)] == [now + 2 * DAY]


async def test_a_correction_leaves_what_was_said_before_to_be_read(
    store: Store, now: datetime
) -> None:
    noon = now + DAY / 2
    async with store.begin() as session:
        shift = held("lst.TIB", "@ada:x", starts=now, ends=now + DAY)
        await holdings.replace_all(session, "roster", [shift], now - DAY)
        shorter = held("lst.TIB", "@ada:x", starts=now, ends=noon)
        await holdings.replace_all(session, "roster", [shorter], noon)

        assert [it.mxid for it in await known(session, noon, now)] == ["@ada:x"]
        assert await known(session, noon, noon) == []
        assert await holdings.holders(session, "lst.TIB", noon) == []
        assert [it.mxid for it in await holdings.holders(session, "lst.TIB", now)] == ["@ada:x"]


async def test_nobody_is_known_before_the_roster_said_so(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        await holdings.replace_all(session, "roster", [held("lst.TIB", "@ada:x")], now)

        assert await known(session, now, now - DAY) == []
        assert len(await known(session, now, now)) == 1


async def test_of_two_at_the_same_place_who_began_last_counts(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        session.add_all(
            [
                held("lst.TIB", "@ada:x", starts=now - DAY, ends=now + DAY),
                held("lst.TIB", "@bo:x", starts=now, ends=now + 2 * DAY),
            ]
        )

        assert [it.mxid for it in await holdings.holders(session, "lst.TIB", now)] == [
            "@bo:x",
            "@ada:x",
        ]
        assert await holdings.leader(session, ["lst.TIB"], now) == "@bo:x"


async def test_who_comes_back_begins_anew_once(store: Store, now: datetime) -> None:
    ada = [held("lst.TIB", "@ada:x")]
    async with store.begin() as session:
        await holdings.replace_all(session, "roster", ada, now)
        await holdings.replace_all(session, "roster", [], now + DAY)
        await holdings.replace_all(session, "roster", ada, now + 2 * DAY)
        await holdings.replace_all(session, "roster", ada, now + 3 * DAY)

        assert await names(session, now) == ["lst.TIB 1 @ada:x"]
        assert await names(session, now + DAY) == []
        assert await names(session, now + 4 * DAY) == ["lst.TIB 1 @ada:x"]
        assert len(await rows(session)) == 2


async def test_a_source_leaves_what_others_say_alone(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        await holdings.replace_all(session, "roster", [held("lst.TIB", "@ada:x")], now)
        await holdings.replace_all(session, "handover", [held("lst.TIB", "@bo:x", rank=2)], now)
        await holdings.replace_all(session, "handover", [], now)

        assert await names(session, now) == ["lst.TIB 1 @ada:x"]


def a_roster(now: datetime) -> list[Holding]:
    """Make a roster with a past, a running, a coming and an open holding."""
    return [
        held("lst.TIB", "@ada:x", starts=now - 2 * DAY, ends=now - DAY),
        held("lst.TIB", "@ada:x", starts=now - DAY, ends=now + DAY),
        held("lst.TIB", "@ada:x", starts=now + DAY, ends=now + 2 * DAY),
        held("lst.TIB", "@bo:x", rank=2),
    ]


def held(
    function: str,
    mxid: str,
    *,
    rank: int = 1,
    starts: datetime | None = None,
    ends: datetime | None = None,
) -> Holding:
    return Holding(
        function=function, rank=rank, mxid=mxid, name=mxid, starts=starts, ends=ends, source="test"
    )


async def names(session: AsyncSession, now: datetime) -> list[str]:
    return [f"{it.function} {it.rank} {it.mxid}" for it in await holdings.in_force(session, now)]


async def known(session: AsyncSession, at: datetime, known_at: datetime) -> list[Holding]:
    return await holdings.as_known(session, "lst.TIB", at, known_at)


async def rows(session: AsyncSession) -> list[tuple[object, ...]]:
    """List everything that counts, as plain values."""
    counts = select(Holding).where(col(Holding.withdrawn_at).is_(None))
    kept = await session.exec(counts.order_by(col(Holding.id)))
    return [(it.id, it.function, it.rank, it.mxid, it.starts, it.ends, it.source) for it in kept]
