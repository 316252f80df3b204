"""Many functions change hands at one minute, while a call runs: one look serves them all (R1)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from bot.asking import Ring
from bot.dispatch.ringing import ring_due
from bot.domain.model import Handover, Holding, Summons
from bot.domain.summons import Roster
from bot.procedures import relieving, situation
from bot.procedures.roll import Asking, Roll
from bot.procedures.roll import read as read_roll
from bot.store import handovers
from tests.story.handing_over import hands_over, read_anew
from tests.story.story import Story

CALLED = ("reg.TIB", "pol.VB", "rtjn.RCB")
VTL = "vag.VTL"


@pytest.fixture
async def called(story: Story) -> Story:
    """Let a call run, and three of those called be relieved at one minute, in 20 minutes."""
    await read_anew(story)
    await story.says("lst.TIB", "!kalla TIBG nu pröva", "direct")
    at = story.clock.now() + timedelta(minutes=20)
    for number, function in enumerate(CALLED):
        await hands_over(story, function, at, f"@ny{number}:malarvik.example", f"Ny {number}")
    return story


async def test_all_who_are_briefed_at_one_minute_have_one_reading_of_the_call(
    called: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings: list[str] = []

    async def read(at: Asking, summons: Summons, roster: Roster) -> Roll | None:
        readings.append(summons.id)
        return await read_roll(at, summons, roster)

    monkeypatch.setattr(situation, "read", read)

    await called.passes(minutes=5)
    briefed, readings = readings, []
    await called.passes(minutes=15)

    assert briefed == ["KA-2026-001"]
    assert readings == ["KA-2026-001"]
    for number, _ in enumerate(CALLED):
        assert "KA-2026-001" in called.told(f"@ny{number}:malarvik.example")[0]


async def test_a_roster_that_changes_in_the_same_transaction_is_seen_by_the_next_look(
    story: Story,
) -> None:
    await read_anew(story)
    now = story.clock.now()

    async with story.store.begin() as session:
        ring = Ring(session, story.region, now, "all", now)
        for mxid in ("@en:malarvik.example", "@annan:malarvik.example"):
            there = select(Holding).where(Holding.function == VTL, Holding.rank == 1)
            for held in await session.exec(there):
                held.ends = held.ends or now
            session.add(Holding(function=VTL, rank=1, mxid=mxid, name=mxid, source="t", starts=now))
            await relieving.look(ring)
        rows = await session.exec(select(Handover).order_by(Handover.id))
        found = [(it.outgoing, it.incoming) for it in rows]
        seen = await handovers.seen(session)

    assert found == [
        (f"@{VTL.lower()}-1:malarvik.example", "@en:malarvik.example"),
        ("@en:malarvik.example", "@annan:malarvik.example"),
    ]
    assert seen
    assert seen[1][VTL][0] == "@annan:malarvik.example"


async def test_whatever_rings_at_a_minute_comes_to_rest_in_it(called: Story) -> None:
    await called.passes(minutes=19)
    now = called.clock.now() + timedelta(minutes=1)
    async with called.store.begin() as session:
        for kind in called.desk.catalogue.kinds.values():
            if kind.arm:
                await kind.arm(session, called.region, now)

    first = await ring_due(called.store, called.desk, now)
    again = await ring_due(called.store, called.desk, now)

    assert first > len(CALLED)
    assert again == 0
