"""Promises of the deadlines: one of a kind for a subject, the earliest first, rung once."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.store import deadlines
from bot.store.engine import Store

MINUTE = timedelta(minutes=1)


async def test_what_is_due_comes_earliest_first(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        await deadlines.set_(session, "remind", "late", now + MINUTE)
        await deadlines.set_(session, "close", "second", now)
        await deadlines.set_(session, "close", "first", now - MINUTE)

        assert await subjects_due(session, now) == ["first", "second"]
        assert await deadlines.next_due(session) == now - MINUTE


async def test_setting_a_deadline_again_moves_it(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        await deadlines.set_(session, "close", "OV-1", now)
        await deadlines.set_(session, "close", "OV-1", now + MINUTE)

        assert await subjects_due(session, now) == []
        assert await subjects_due(session, now + MINUTE) == ["OV-1"]


async def test_a_deadline_rings_once_until_it_is_set_again(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        await deadlines.set_(session, "close", "OV-1", now)
        [deadline] = await deadlines.due(session, now)
        await deadlines.rung(session, deadline, now)
        after_ringing = await subjects_due(session, now)
        await deadlines.set_(session, "close", "OV-1", now)

        assert after_ringing == []
        assert await subjects_due(session, now) == ["OV-1"]


async def test_a_deadline_that_its_handler_moved_rings_again(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        await deadlines.set_(session, "meet", "ISF", now)
        [deadline] = await deadlines.due(session, now)
        await deadlines.set_(session, "meet", "ISF", now + MINUTE)
        await deadlines.rung(session, deadline, now)

        assert await deadlines.next_due(session) == now + MINUTE


async def test_a_deadline_that_is_dropped_never_rings(store: Store, now: datetime) -> None:
    async with store.begin() as session:
        await deadlines.set_(session, "close", "OV-1", now)
        [deadline] = await deadlines.due(session, now)
        await deadlines.drop(session, "close", "OV-1")
        await deadlines.drop(session, "close", "OV-2")
        await deadlines.rung(session, deadline, now)

        assert await deadlines.next_due(session) is None


async def subjects_due(session: AsyncSession, now: datetime) -> list[str]:
    return [deadline.subject for deadline in await deadlines.due(session, now)]
