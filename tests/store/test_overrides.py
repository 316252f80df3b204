"""Promises of the overrides: what was said on top of a roster is what every question answers."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import Holding, Override, OverrideKind
from bot.store import deadlines, holdings, overrides
from bot.store.belonging import belonging, turned
from bot.store.engine import Store

HOUR = timedelta(hours=1)
ADA, BO, CIA = "@ada:x", "@bo:x", "@cia:x"


async def test_who_stands_in_has_the_function_in_every_answer_and_only_meanwhile(
    store: Store, now: datetime
) -> None:
    async with store.begin() as session:
        session.add(a_shift(ADA, now, now + 8 * HOUR))
        await overrides.add(session, instead(ADA, BO, now + HOUR, now + 2 * HOUR))

        assert await people(session, now) == [ADA]
        assert await people(session, now + HOUR) == [BO]
        assert await people(session, now + 2 * HOUR) == [ADA]
        assert [it.mxid for it in await holdings.in_force(session, now + HOUR)] == [BO]
        assert len(await holdings.held_by(session, BO, now + HOUR)) == 1
        assert await holdings.held_by(session, ADA, now + HOUR) == []
        assert await holdings.held_by(session, BO, now) == []
        assert await holdings.leader(session, ["lst.TIB"], now + HOUR) == BO


async def test_an_override_begins_and_ends_as_a_shift_does(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        session.add(a_shift(ADA, now, now + 8 * HOUR))
        await overrides.add(session, instead(ADA, BO, now + HOUR, now + 2 * HOUR))

        assert await holdings.next_change(session, now) == now + HOUR
        assert await holdings.next_change(session, now + HOUR) == now + 2 * HOUR
        assert await holdings.next_change(session, now + 2 * HOUR) == now + 8 * HOUR
        assert await deadlines.waiting(session, "holding.changes", "all") == now
        assert await turned(session, now + HOUR / 2, now + HOUR) == {"lst.TIB"}
        assert await turned(session, now + 3 * HOUR, now + 4 * HOUR) == frozenset()


async def test_a_withdrawn_override_counts_no_more_and_what_it_did_stands(
    store: Store, now: datetime
) -> None:
    async with store.begin() as session:
        session.add(a_shift(ADA, now, None))
        said = await overrides.add(session, instead(ADA, BO, now, None))
        await overrides.withdraw(session, said, now + HOUR, by=CIA)

        assert await people(session, now) == [BO]
        assert await people(session, now + HOUR) == [ADA]
        assert said.withdrawn_by == CIA
        assert await turned(session, now + HOUR, now + HOUR) == {"lst.TIB"}


async def test_what_is_withdrawn_before_it_began_never_was_but_can_be_read(
    store: Store, now: datetime
) -> None:
    async with store.begin() as session:
        session.add(a_shift(ADA, now, None))
        said = await overrides.add(session, instead(ADA, BO, now + 2 * HOUR, None))
        await overrides.withdraw(session, said, now + HOUR)

        assert await people(session, now + 3 * HOUR) == [ADA]
        then = await holdings.as_known(session, "lst.TIB", now + 3 * HOUR, now)
        assert [it.mxid for it in then] == [BO]


async def test_who_is_added_has_the_rank_that_was_said(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        session.add(a_shift(ADA, now, None))
        added = an_override(OverrideKind.ADD, now, None, mxid=CIA, rank=2)
        await overrides.add(session, added)

        there = await holdings.holders(session, "lst.TIB", now)
        assert [(it.rank, it.mxid) for it in there] == [(1, ADA), (2, CIA)]
        assert len(await holdings.held_by(session, CIA, now)) == 1


async def test_who_is_taken_out_is_not_asked_and_comes_back(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        session.add(a_shift(ADA, now, None))
        out = an_override(OverrideKind.TAKE_OUT, now, now + HOUR, instead_of=ADA)
        await overrides.add(session, out)

        assert await people(session, now) == []
        assert await holdings.held_by(session, ADA, now) == []
        assert await people(session, now + HOUR) == [ADA]


async def test_rooms_see_the_periods_that_the_overrides_leave(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        session.add(a_shift(ADA, now, now + 3 * HOUR))
        await overrides.add(session, instead(ADA, BO, now + HOUR, now + 2 * HOUR))

        periods = (await belonging(session)).holdings
        assert sorted((it.starts, it.mxid, it.ends) for it in periods) == [
            (now, ADA, now + HOUR),
            (now + HOUR, BO, now + 2 * HOUR),
            (now + 2 * HOUR, ADA, now + 3 * HOUR),
        ]


def a_shift(mxid: str, starts: datetime, ends: datetime | None) -> Holding:
    return Holding(
        function="lst.TIB", rank=1, mxid=mxid, name=mxid, starts=starts, ends=ends, source="roster"
    )


def instead(out: str, comes: str, starts: datetime, ends: datetime | None) -> Override:
    return an_override(OverrideKind.REPLACE, starts, ends, mxid=comes, instead_of=out)


def an_override(  # noqa: PLR0913 - as many as an override has parts
    kind: OverrideKind,
    starts: datetime,
    ends: datetime | None,
    *,
    mxid: str | None = None,
    instead_of: str | None = None,
    rank: int | None = None,
) -> Override:
    """Make one that is said an hour or two before it counts, at nine o'clock."""
    return Override(
        function="lst.TIB",
        kind=kind,
        rank=rank,
        instead_of=instead_of,
        mxid=mxid,
        name=mxid or "",
        starts=starts,
        ends=ends,
        made_at=starts.replace(hour=9, minute=0),
        source="test",
    )


async def people(session: AsyncSession, at: datetime) -> list[str]:
    return [it.mxid for it in await holdings.holders(session, "lst.TIB", at)]
