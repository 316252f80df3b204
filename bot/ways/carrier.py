"""Carries dispatches out, once they are kept, and notes what is known of each.

Before anything leaves that could be taken, it is kept that it is on its way; so whoever is killed
then finds it again as unknown, and never as not sent. What was certainly not taken is tried again
with longer and longer rests, until it is of no use. The carrier decides nothing else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import structlog

from bot.domain.dispatches import CALL
from bot.domain.model import Dispatch, DispatchState
from bot.domain.region import WayKind
from bot.store import dispatches
from bot.store import log as record
from bot.store.engine import Store
from bot.ways.outcome import NO_ADDRESS, Outcome, Way, failed, later

log = structlog.get_logger()

FIRST_REST, LONGEST_REST = 15.0, 300.0
"""Seconds of the machine's own time between tries: 15, 30, 60, … up to five minutes."""
AT_ONCE = 4
"""How many are handed over at the same time: a mail server may count connections."""
SETTLED = {
    DispatchState.DELIVERED: "handed_over",
    DispatchState.UNKNOWN: "handing_over_unknown",
    DispatchState.FAILED: "not_handed_over",
}
"""What the record says of each end, after what it was: a call, or about an incident."""


@dataclass
class Carrier:
    """One carrier for the whole house. `changed` is told when there is a new deadline."""

    store: Store
    ways: Mapping[WayKind, Way]
    now: Callable[[], datetime]
    changed: Callable[[], None]
    first_rest: float = FIRST_REST
    _wanted: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    def wake(self) -> None:
        """Say that there may be dispatches."""
        self._wanted.set()

    async def run(self) -> None:
        """Carry until cancelled."""
        try:
            await self._take_up()
            self._wanted.set()
            while True:
                await self._wanted.wait()
                self._wanted.clear()
                await self._hand_out()
        finally:
            tasks = list(self._tasks.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for way in self.ways.values():
                await way.close()

    async def _take_up(self) -> None:
        """Deal with what was on its way when the bot was stopped.

        A mail may have arrived, and is unknown for ever; a webhook is sent again with its key.
        """
        async with self.store.read() as session:
            found = await dispatches.broken_off(session)
        for each in found:
            again = each.kind == WayKind.WEBHOOK
            await self._note(each, Outcome(DispatchState.UNKNOWN, "cut", again=again))

    async def _hand_out(self) -> None:
        async with self.store.read() as session:
            waiting = await dispatches.to_carry(session, self.now())
        for each in waiting:
            if each.id not in self._tasks:
                task = asyncio.create_task(self._carry(each))
                self._tasks[each.id] = task
                task.add_done_callback(partial(self._done, each.id))

    def _done(self, dispatch_id: str, _: asyncio.Task[None]) -> None:
        del self._tasks[dispatch_id]

    async def _carry(self, dispatch: Dispatch) -> None:
        """Try until it is delivered, certainly not to be, unknown, or of no use."""
        rest = self.first_rest
        while True:
            async with self._turn:
                outcome = await self._tried(dispatch)
                outcome = await self._note(dispatch, outcome)
            if not outcome.again:
                return
            await asyncio.sleep(rest)
            rest = min(LONGEST_REST, rest * 2)

    async def _tried(self, dispatch: Dispatch) -> Outcome:
        async with self.store.read() as session:
            until = await dispatches.until(session, dispatch)
        if until <= self.now():
            return failed("too_late" if until == dispatch.until else "called_off")
        way = self.ways.get(WayKind(dispatch.kind))
        if way is None:
            return NO_ADDRESS
        begun = False

        async def begin() -> None:
            nonlocal begun
            async with self.store.begin() as session:
                await dispatches.begin(session, dispatch.id)
            begun = True

        try:
            return await way.carry(dispatch, begin)
        except Exception:
            log.exception("dispatch.broken", dispatch=dispatch.id, way=dispatch.kind)
            return Outcome(DispatchState.UNKNOWN, "cut") if begun else later("unreachable")

    async def _note(self, dispatch: Dispatch, outcome: Outcome) -> Outcome:
        """Keep what is known; once unknown it stays so, unless it is known to be delivered."""
        state, why = outcome.state, outcome.why
        if dispatch.state == DispatchState.UNKNOWN and state is not DispatchState.DELIVERED:
            state, why = DispatchState.UNKNOWN, "cut"
        now = self.now()
        new = (state, why) != (dispatch.state, dispatch.why)
        async with self.store.begin() as session:
            await dispatches.note(session, dispatch, state, why, now)
            if new:
                await dispatches.let_tell(session, dispatch, now)
            if new and state in SETTLED:
                facts = {"way": dispatch.kind, "organisation": dispatch.organisation, "why": why}
                await record.append(
                    session, f"{_what(dispatch)}.{SETTLED[state]}", dispatch.about,
                    happened_at=now, written_at=now, function=dispatch.function,
                    mxid=dispatch.mxid or None, facts=facts,
                )  # fmt: skip
        dispatch.state, dispatch.why, dispatch.tries = state, why, dispatch.tries + 1
        log.info("dispatch.tried", dispatch=dispatch.id, way=dispatch.kind, state=state, why=why)
        if new:
            self.changed()
        return outcome


def _what(dispatch: Dispatch) -> str:
    return "call" if dispatch.occasion == CALL else "incident"
