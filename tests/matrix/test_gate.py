"""Promises of the gate that is no homeserver's: who is told to stop stops."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest

from bot.matrix.gate import PLACES, Gate
from bot.matrix.seconds import now


@pytest.mark.parametrize("steps", range(6))
async def test_who_is_cancelled_just_as_the_gate_opens_does_not_go_through(steps: int) -> None:
    """At whatever step of the loop the cancellation comes after a place has become free."""
    gate, went_through = Gate(), list[bool]()

    async def goes() -> None:
        async with gate.turn(now() + 10, long=False):
            await asyncio.sleep(0.05)
            went_through.append(True)

    async with AsyncExitStack() as full:
        for _ in range(PLACES):
            await full.enter_async_context(gate.turn(float("inf"), long=False))
        waits = asyncio.create_task(goes())
        await asyncio.sleep(0.01)
    for _ in range(steps):
        await asyncio.sleep(0)
    waits.cancel()
    await asyncio.wait([waits])

    assert waits.cancelled()
    assert went_through == []
