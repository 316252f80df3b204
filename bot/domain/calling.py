"""The call to one seat as it goes from one person to the next, and the answers to it (R4, R10).

Nobody is asked twice. Silence ends a person's turn at the minute it is out; it is never an
answer. An answer by the holder stands before a deputy's, a deputy's before the contact point's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from bot.domain.model import Call, CallState, CallStep, StepState
from bot.domain.region import Seat
from bot.domain.summons import CallLimits, Link, next_link

REACHED = frozenset({CallState.ACKNOWLEDGED, CallState.ATTENDING})
"""Somebody has answered and has not said that they cannot come."""
SOUGHT = frozenset({CallState.ASKED, CallState.UNMANNED})
"""Somebody may still be asked."""


@dataclass
class SeatCall:
    """One seat's call: its row, those asked so far in order, and its chain as it is now."""

    seat: Seat
    call: Call
    steps: list[CallStep]
    chain: tuple[Link, ...]
    limits: CallLimits

    @property
    def reached(self) -> bool:
        """Tell whether somebody answers for the seat."""
        return self.call.state in REACHED

    @property
    def asking(self) -> CallStep | None:
        """Give the step whose time is running; None when nobody is waited for."""
        if self.call.state not in SOUGHT:
            return None
        return next((step for step in self.steps if step.state == StepState.ASKED), None)

    @property
    def before(self) -> CallStep | None:
        """Give the one who was asked before the one that is waited for."""
        current = self.asking
        if current is None:
            return None
        earlier = [step for step in self.steps[: current.order - 1] if step.asked_at]
        return earlier[-1] if earlier else None

    def begin(self, now: datetime) -> CallStep | None:
        """Ask the first in the chain; a function that nobody holds is skipped at once."""
        manned = any(link.function == self.seat.function for link in self.chain)
        self.call.state = CallState.ASKED if manned else CallState.UNMANNED
        return self.ask_next(now)

    def elapse(self, now: datetime) -> CallStep | None:
        """Let time pass: ask the next if the time of the one asked is out, its minute included."""
        current = self.asking
        if current is None or current.due_at is None or now < current.due_at:
            return None
        current.state = StepState.SILENT
        return self.ask_next(now)

    def ask_next(self, now: datetime) -> CallStep | None:
        """Ask the next in the chain, or note how the call ended when there is nobody left."""
        link = next_link(self.chain, {step.mxid for step in self.steps})
        if link is None:
            self.call.state = self._end()
            return None
        minutes = self.limits.step if self.steps else self.limits.first
        return self._step(link, StepState.ASKED, asked_at=now, due_at=now + minutes)

    def answer(self, link: Link, state: CallState, now: datetime) -> CallStep | None:
        """Record somebody's answer; give the step of whoever is asked because of it, if any."""
        step = self._step_of(link)
        if state is CallState.PREVENTED:
            return self._prevented(link, step, now)
        step.state = StepState.ANSWERED
        if self._stands_before(link, state):
            self._answered(link, state, now)
        return None

    def link_of(self, mxid: str) -> Link | None:
        """Give as what a person answers here: as they stand now, or as they were asked."""
        now = next((link for link in self.chain if link.mxid == mxid), None)
        asked = next((step for step in self.steps if step.mxid == mxid), None)
        then = Link(asked.function, asked.rank, asked.mxid, asked.name) if asked else None
        return now or then

    def was_asked(self, mxid: str) -> bool:
        """Tell whether that person has been asked."""
        return any(step.mxid == mxid for step in self.steps)

    def _prevented(self, link: Link, step: CallStep, now: datetime) -> CallStep | None:
        step.state = StepState.PREVENTED
        if self.reached and self.call.answered_by != link.mxid:
            return None
        if self.reached or self.call.state not in SOUGHT:
            self._fall_back(now)
        return None if self.reached or self.asking else self.ask_next(now)

    def _fall_back(self, now: datetime) -> None:
        """Let the best of those who have answered before stand in, or nobody."""
        left = [step for step in self.steps if step.state == StepState.ANSWERED]
        best = min(left, key=lambda step: self._standing(step.function, step.rank), default=None)
        if best is None:
            self._answered(None, CallState.ASKED, now)
        else:
            link = Link(best.function, best.rank, best.mxid, best.name)
            self._answered(link, CallState.ACKNOWLEDGED, now)

    def _answered(self, link: Link | None, state: CallState, now: datetime) -> None:
        self.call.state = state
        self.call.answered_by = link.mxid if link else None
        self.call.answered_as = link.function if link else None
        self.call.rank = link.rank if link else None
        self.call.answered_at = now if link else None

    def _stands_before(self, link: Link, state: CallState) -> bool:
        """Tell whether a new answer counts instead of the one there is."""
        call = self.call
        if not self.reached or call.answered_as is None or call.rank is None:
            return True
        new = self._standing(link.function, link.rank)
        old = self._standing(call.answered_as, call.rank)
        less = state is CallState.ACKNOWLEDGED and call.state == CallState.ATTENDING
        return new < old if less else new <= old

    def _standing(self, function: str, rank: int) -> tuple[bool, int]:
        return (function != self.seat.function, rank)

    def _end(self) -> CallState:
        """Say how a call ended: they cannot come, nobody is there, or only silence."""
        if any(step.state == StepState.PREVENTED for step in self.steps):
            return CallState.PREVENTED
        unmanned = self.call.state == CallState.UNMANNED
        return CallState.UNMANNED if unmanned else CallState.NOT_REACHED

    def _step_of(self, link: Link) -> CallStep:
        """Find the step of a person, or note one for somebody who answers unasked."""
        found = next((step for step in self.steps if step.mxid == link.mxid), None)
        return found or self._step(link, StepState.ANSWERED)

    def _step(
        self,
        link: Link,
        state: StepState,
        asked_at: datetime | None = None,
        due_at: datetime | None = None,
    ) -> CallStep:
        assert self.call.id is not None  # noqa: S101 - calls are kept before anybody is asked
        step = CallStep(
            call=self.call.id, order=len(self.steps) + 1, function=link.function, rank=link.rank,
            mxid=link.mxid, name=link.name, state=state, asked_at=asked_at, due_at=due_at,
        )  # fmt: skip
        self.steps.append(step)
        return step


def answers_for(
    seats: Collection[SeatCall], mxid: str, holds: Callable[[str], bool]
) -> list[SeatCall]:
    """Choose the seats that a person's answer is for: all of theirs, by one answer (R25).

    Those that they were asked for and have not answered; else those that they have answered
    for; else those of functions that they hold or stand in for, unasked; else those in whose
    chain they are.
    """
    theirs = [seat for seat in seats if seat.link_of(mxid)]
    for wanted in (
        [seat for seat in theirs if seat.was_asked(mxid) and seat.call.answered_by != mxid],
        [seat for seat in theirs if seat.call.answered_by == mxid],
        [seat for seat in theirs if holds(seat.seat.function)],
    ):
        if wanted:
            return wanted
    return theirs
