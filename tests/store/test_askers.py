"""Promises of what is looked up for many at once: it is never older than the transaction."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlmodel import col, delete
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import Holding
from bot.store import people
from bot.store.askers import Askers
from bot.store.engine import Store

ADA, BO = "@ada:x", "@bo:x"


def a_holding(mxid: str) -> Holding:
    return Holding(function="eke.TIB", rank=1, mxid=mxid, name="Någon", source="test")


async def functions(askers: Askers, mxid: str) -> list[str]:
    return [held.function for held in await askers.held_by(mxid)]


async def test_everybody_is_known_by_what_they_hold(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        session.add(a_holding(ADA))
        await people.remember(session, BO, "Bo")

    async with store.begin() as session:
        askers = Askers(session, {ADA, BO}, now)

        assert await functions(askers, ADA) == ["eke.TIB"]
        assert await functions(askers, BO) == []
        assert await askers.person(ADA) is None
        bo = await askers.person(BO)
        assert bo is not None
        assert bo.name == "Bo"


async def test_what_is_written_meanwhile_counts_at_once(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        askers = Askers(session, {ADA, BO}, now)
        assert await functions(askers, ADA) == []

        session.add(a_holding(ADA))
        await people.set_language(session, BO, "en")

        assert await functions(askers, ADA) == ["eke.TIB"]
        bo = await askers.person(BO)
        assert bo is not None
        assert bo.language == "en"


async def test_what_is_undone_meanwhile_never_was(store: Store, now: datetime) -> None:
    async def in_vain(session: AsyncSession, askers: Askers) -> None:
        async with session.begin_nested():
            session.add(a_holding(ADA))
            assert await functions(askers, ADA) == ["eke.TIB"]
            raise RuntimeError

    async with store.begin() as session:
        askers = Askers(session, {ADA}, now)

        with pytest.raises(RuntimeError):
            await in_vain(session, askers)

        assert await functions(askers, ADA) == []


async def test_one_statement_for_many_rows_counts_too(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        session.add(a_holding(ADA))
        askers = Askers(session, {ADA}, now)
        assert await functions(askers, ADA) == ["eke.TIB"]

        await session.exec(delete(Holding).where(col(Holding.mxid) == ADA))

        assert await functions(askers, ADA) == []
