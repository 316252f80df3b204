"""Test calls, and the functions in them."""

from __future__ import annotations

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import TestCall, TestedFunction


async def by_id(session: AsyncSession, test_id: str) -> TestCall | None:
    """Find the test call with that id (PK-2026-003)."""
    return await session.get(TestCall, test_id)


async def running(session: AsyncSession) -> TestCall | None:
    """Find the test call that is not closed yet."""
    found = select(TestCall).where(col(TestCall.closed_at).is_(None)).order_by(col(TestCall.id))
    return (await session.exec(found.limit(1))).first()


async def functions(session: AsyncSession, test_id: str) -> list[TestedFunction]:
    """List the functions of a test call, in the order they were asked."""
    found = select(TestedFunction).where(TestedFunction.test == test_id)
    return list(await session.exec(found.order_by(col(TestedFunction.id))))


async def last_of(session: AsyncSession, mxid: str) -> str | None:
    """Tell which test call a person was asked in last."""
    found = select(TestedFunction.test).where(TestedFunction.mxid == mxid)
    return (await session.exec(found.order_by(col(TestedFunction.id).desc()).limit(1))).first()
