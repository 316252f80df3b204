"""Test calls that go out by the law's calendar, and those whose time is out."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.asking import Ring, deadline
from bot.domain.answer import Answer
from bot.domain.calendar import NeverFalls, next_occurrence
from bot.domain.model import IncidentState
from bot.domain.region import Region
from bot.procedures.test_calls import CLOSES, begin, close
from bot.store import deadlines, incidents, test_calls

log = structlog.get_logger()

DUE = "test_call.due"
LATEST = timedelta(hours=1)
"""How late a test call still goes out; after that it waits for its next day."""


async def arm_test_call(session: AsyncSession, region: Region, now: datetime) -> None:
    """Set the next test call of the law's; one that waits for its moment already stays."""
    waiting = await deadlines.waiting(session, DUE, "all")
    if region.reach.test_call is None:
        await deadlines.drop(session, DUE, "all")
    elif waiting is None or waiting > now:
        await _set_next(session, region, now)


@deadline(DUE, arm=arm_test_call)
async def due(ring: Ring) -> list[Answer]:
    """Make the test call; not long after its time, nor while people work in activated mode."""
    if ring.region.reach.test_call is None:
        return []
    await _set_next(ring.session, ring.region, ring.now)
    if why := await _why_not(ring):
        log.warning("test_call.skipped", due_at=ring.due_at.isoformat(), why=why)
        return []
    return (await begin(ring, None))[1]


async def _why_not(ring: Ring) -> str | None:
    """Tell why no test call is to be made now."""
    if ring.now - ring.due_at > LATEST:
        return "late"
    if await test_calls.running(ring.session):
        return "another runs"
    there = await incidents.active(ring.session)
    live = (it for it in there if it.exercise is None)
    return "activated" if any(it.state == IncidentState.ACTIVATED for it in live) else None


async def _set_next(session: AsyncSession, region: Region, now: datetime) -> None:
    every = region.reach.test_call
    try:
        starts = next_occurrence(region, every, now).starts if every else None
    except NeverFalls:
        starts = None
    if starts is not None:
        await deadlines.set_(session, DUE, "all", starts)


@deadline(CLOSES)
async def closes(ring: Ring) -> list[Answer]:
    """Close it, and tell what came of it."""
    test = await test_calls.by_id(ring.session, ring.subject)
    return await close(ring, test) if test and test.closed_at is None else []
