"""The chain of one seat as it was written down: who was asked, who waits, who may answer now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.model import Call, CallState, CallStep, StepState
from bot.domain.region import Seat
from bot.domain.silences import NONE, Silence, Silences
from bot.domain.summons import CallLimits, Link

REACHED = frozenset({CallState.ACKNOWLEDGED, CallState.ATTENDING})
"""Somebody has answered and has not said that they cannot come."""
SOUGHT = frozenset({CallState.ASKED, CallState.UNMANNED})
"""Somebody may still be asked."""


def _nobody(mxid: str) -> bool:  # noqa: ARG001 - of nobody it is known that they cannot come
    return False


@dataclass
class WrittenChain:
    """A seat's call, a step for each person in the order they are asked, and who may answer now.

    `chain` holds whoever has one of the chain's functions at this moment.
    """

    seat: Seat
    call: Call
    steps: list[CallStep]
    chain: tuple[Link, ...]
    limits: CallLimits
    silences: Silences = NONE
    """When whose homeserver was silent, as far as it is known."""
    prevented: Callable[[str], bool] = _nobody
    """Tells whether somebody has said, for any seat of the summons, that they cannot come."""

    @property
    def manned(self) -> bool:
        """Tell whether anybody had the seat's own function when the call was made."""
        return any(step.function == self.seat.function for step in self.steps)

    @property
    def reached(self) -> bool:
        """Tell whether somebody answers for the seat."""
        return self.call.state in REACHED

    @property
    def declined(self) -> bool:
        """Tell whether somebody has said that they cannot come, and nobody comes instead so far."""
        said_no = any(step.state == StepState.PREVENTED for step in self.steps)
        return not self.reached and (said_no or self.call.state == CallState.PREVENTED)

    @property
    def holds_still(self) -> bool:
        """Tell whether who has answered for the seat still has a function to answer by.

        What somebody said for it stands until it answers by itself.
        """
        if self.call.said_by:
            return True
        return self.call.answered_by is not None and self.link_of(self.call.answered_by) is not None

    @property
    def running(self) -> list[CallStep]:
        """List the steps whose time is running, the latest last; more than one if called in."""
        if self.call.state not in SOUGHT:
            return []
        return sorted((it for it in self.steps if it.state == StepState.ASKED), key=when_asked)

    @property
    def asking(self) -> CallStep | None:
        """Give the step that is waited for, the latest asked; None when nobody is."""
        running = self.running
        return running[-1] if running else None

    @property
    def newcomers(self) -> list[Link]:
        """List who has one of the chain's functions and was not in it when the call was made."""
        known = {step.mxid for step in self.steps}
        return [link for link in self.chain if link.mxid not in known]

    @property
    def before(self) -> CallStep | None:
        """Give the one who was asked before the one that is waited for."""
        current = self.asking
        if current is None:
            return None
        asked = sorted((step for step in self.steps if step.asked_at), key=when_asked)
        earlier = asked[: asked.index(current)]
        return earlier[-1] if earlier else None

    @property
    def away(self) -> Silence | None:
        """Tell of the silent homeserver because of which nobody answers; None if there is none.

        While somebody is asked it is theirs, or that of the one asked before; then the last's.
        """
        if self.reached:
            return None
        current = self.asking
        if current is not None and (silence := self.silences.now(current.mxid)):
            return silence
        asked = sorted((step for step in self.steps if step.asked_at), key=when_asked)
        found = map(self.away_while, reversed(asked))
        return next((silence for silence in found if silence), None)

    def away_while(self, step: CallStep) -> Silence | None:
        """Tell of the silence of a homeserver in which somebody was asked, and did not answer."""
        if step.state != StepState.SILENT or step.asked_at is None or step.due_at is None:
            return None
        return self.silences.within(step.mxid, step.asked_at, step.due_at)

    def write_down(self) -> list[CallStep]:
        """Freeze the chain as it is now: a step, not asked yet, for each who has none; give them.

        What the roster says later changes nothing in who is asked.
        """
        return [self._step(link, StepState.WAITING) for link in self.newcomers]

    def link_of(self, mxid: str) -> Link | None:
        """Give as what a person answers here; None if they have none of its functions now (R1)."""
        return next((link for link in self.chain if link.mxid == mxid), None)

    def was_asked(self, mxid: str) -> bool:
        """Tell whether that person has been asked."""
        return any(step.mxid == mxid and step.asked_at is not None for step in self.steps)

    @property
    def _seeking(self) -> CallState:
        return CallState.ASKED if self.manned else CallState.UNMANNED

    @property
    def _following(self) -> CallStep | None:
        """Give the first not asked yet who has the function still and has not said no."""
        waiting = (step for step in self.steps if step.state == StepState.WAITING)
        return next(
            (it for it in waiting if self.link_of(it.mxid) and not self.prevented(it.mxid)), None
        )

    def _ask(self, step: CallStep, now: datetime) -> CallStep:
        begun = any(each.asked_at for each in self.steps)
        step.state = StepState.ASKED
        step.asked_at, step.due_at = now, now + (self.limits.step if begun else self.limits.first)
        return step

    def _end(self) -> CallState:
        """Say how a call ended: they cannot come, nobody is there, or only silence."""
        if any(self._cannot_come(step) for step in self.steps):
            return CallState.PREVENTED
        return CallState.NOT_REACHED if self.manned else CallState.UNMANNED

    def _cannot_come(self, step: CallStep) -> bool:
        if step.state != StepState.WAITING:
            return step.state == StepState.PREVENTED
        return self.link_of(step.mxid) is not None and self.prevented(step.mxid)

    def _step_of(self, link: Link) -> CallStep:
        """Find the step of a person, or note one for somebody who has the function since."""
        found = next((step for step in self.steps if step.mxid == link.mxid), None)
        return found or self._step(link, StepState.ANSWERED)

    def _step(self, link: Link, state: StepState) -> CallStep:
        assert self.call.id is not None  # noqa: S101 - calls are kept before anybody is asked
        step = CallStep(
            call=self.call.id, order=len(self.steps) + 1, function=link.function, rank=link.rank,
            mxid=link.mxid, name=link.name, state=state,
        )  # fmt: skip
        self.steps.append(step)
        return step


def when_asked(step: CallStep) -> tuple[datetime, int]:
    """Give what sorts those asked by when; ValueError for who was not."""
    if step.asked_at is None:
        raise ValueError(step.mxid)
    return step.asked_at, step.order
