"""The call to one seat as it goes from one person to the next, and the answers to it (R4, R10).

Who is asked, and in which order, is written down when the call is made: a step for each person.
Nobody is asked twice. Silence ends a person's turn at the minute it is out; it is never an
answer. Who has said that they cannot come, or has the function no more, is passed over at once.
An answer by the holder stands before a deputy's, a deputy's before another function's; whoever
has the function when they answer answers for the seat, asked or not (R1).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from bot.domain.model import CallState, CallStep, StepState
from bot.domain.spoken import Spoken
from bot.domain.summons import Link
from bot.domain.written_chain import REACHED, SOUGHT, WrittenChain, when_asked

__all__ = ["REACHED", "SOUGHT", "SeatCall", "answers_for"]


class SeatCall(WrittenChain):
    """One seat's call as it runs: time passes, and people answer."""

    def begin(self, now: datetime) -> CallStep | None:
        """Write the chain down, and ask the first; a function that nobody holds is passed over."""
        self.write_down()
        self.call.state = self._seeking
        return self.ask_next(now)

    def elapse(self, now: datetime) -> CallStep | None:
        """Let time pass: ask the next if the time of the one asked is out, its minute included.

        So, too, if the one asked has the function no more: nobody is waited for in vain.
        """
        running = self.running
        for step in running:
            if self.link_of(step.mxid) is None:
                step.state = StepState.GONE
            elif step.due_at and now >= step.due_at:
                step.state = StepState.SILENT
        return self.ask_next(now) if running and not self.asking else None

    def call_in(self, function: str, now: datetime) -> list[CallStep]:
        """Ask at once who has come to have a function since, besides whoever is asked now."""
        found = [link for link in self.newcomers if link.function == function]
        if found and not (self.reached and self.holds_still):
            self._answered(None, self._seeking, now)
        return [self._ask(self._step(link, StepState.WAITING), now) for link in found]

    def hand_over(self, mxid: str, now: datetime) -> CallStep | None:
        """Ask whoever has the function now in place of the one who is asked and has it no more.

        The chain as it was written down goes on after them; who has been asked before is not asked
        again, nor is who has said that they cannot come. Give the step of whoever is asked because
        of it.
        """
        current, link = self.asking, self.link_of(mxid)
        if current is None or link is None or self.link_of(current.mxid) is not None:
            return None
        if current.function != link.function:
            return None
        current.state = StepState.GONE
        known = next((step for step in self.steps if step.mxid == mxid), None)
        if self.prevented(mxid) or (known is not None and known.state != StepState.WAITING):
            return self.ask_next(now)
        step = known or self._step(link, StepState.WAITING)
        step.function, step.rank, step.state = link.function, link.rank, StepState.ASKED
        step.asked_at, step.due_at = now, now + self.limits.step
        return step

    def resume(self, now: datetime) -> CallStep | None:
        """Ask whoever was passed over and can come after all, if nobody else is left to ask.

        Where an organisation has said by another way that it cannot come, that stands.
        """
        if self.reached or self.asking or self.call.said_by or self._following is None:
            return None
        self.call.state = self._seeking
        return self.ask_next(now)

    def ask_next(self, now: datetime) -> CallStep | None:
        """Ask the next in the chain, or note how the call ended when there is nobody left."""
        step = self._following
        if step is None:
            self.call.state = self._end()
            return None
        return self._ask(step, now)

    def answer(self, link: Link, state: CallState, now: datetime) -> CallStep | None:
        """Record somebody's answer; give the step of whoever is asked because of it, if any.

        Their own answer takes the place of one that was given for them. It was answered when it
        first was: who says more later was not late.
        """
        since = self._answered_since(now)
        if self.call.said_by:
            self._fall_back(now)
        step = self._step_of(link)
        if state is CallState.PREVENTED:
            return self._prevented(link, step, now)
        step.state = StepState.ANSWERED
        if self._stands_before(link, state):
            self._answered(link, state, since)
        return None

    def speak_for(self, state: CallState, said: Spoken, now: datetime) -> bool:
        """Record what somebody says for the seat; False where it has answered by itself."""
        if self.call.answered_by is not None:
            return False
        self.call.answered_at = self._answered_since(now)
        self.call.state = state
        self.call.answered_as, self.call.rank = self.seat.function, 1
        self.call.said_by, self.call.said_how = said.by, said.how
        self.call.read_back = said.read_back
        return True

    def unsay(self, now: datetime) -> CallStep | None:
        """Let what was said for the seat be as never said; give whoever is asked because of it."""
        if not self.call.said_by:
            return None
        self._fall_back(now)
        return None if self.reached or self.asking else self.ask_next(now)

    def take_back(self, mxid: str, left: CallState | None, now: datetime) -> CallStep | None:
        """Let an answer be as never given; `left` is what the same person had said before it.

        In time, and before anybody else was asked, they are asked as before. Otherwise the call
        goes on from where it is, and that may be the next one now: nobody is asked twice. Give
        the step of whoever is asked because of it.
        """
        step = next(each for each in self.steps if each.mxid == mxid)
        link = Link(step.function, step.rank, step.mxid, step.name)
        if left is CallState.PREVENTED:
            return self._prevented(link, step, now)
        if left is not None:
            step.state = StepState.ANSWERED
            if self.call.answered_by == mxid or self._stands_before(link, left):
                self._answered(link, left, self._answered_since(now))
            return None
        step.state = self._unanswered(step, now)
        if self.call.answered_by == mxid or (not self.reached and self.call.state not in SOUGHT):
            self._fall_back(now, but=mxid)
        return None if self.reached or self.asking else self.ask_next(now)

    def _prevented(self, link: Link, step: CallStep, now: datetime) -> CallStep | None:
        step.state = StepState.PREVENTED
        if self.reached and self.call.answered_by != link.mxid and self.holds_still:
            return None
        if self.reached or self.call.state not in SOUGHT:
            self._fall_back(now)
        return None if self.reached or self.asking else self.ask_next(now)

    def _fall_back(self, now: datetime, but: str = "") -> None:
        """Let the best of those who have answered before stand in, or nobody.

        Then those who were waited for have the time of a step from now: they had been told that
        it was answered. Who has lost the function meanwhile is not waited for. `but` is whose own
        answer it was.
        """
        answered = (step for step in self.steps if step.state == StepState.ANSWERED)
        left = [step for step in answered if self.link_of(step.mxid)]
        best = min(left, key=lambda step: self._standing(step.function, step.rank), default=None)
        if best is None:
            self._answered(None, self._seeking, now)
            for step in self.running:
                if self.link_of(step.mxid) is None:
                    step.state = StepState.GONE
                elif step.due_at is not None and step.mxid != but:
                    step.due_at = max(step.due_at, now + self.limits.step)
        else:
            link = Link(best.function, best.rank, best.mxid, best.name)
            self._answered(link, CallState.ACKNOWLEDGED, now)

    def _answered(self, link: Link | None, state: CallState, at: datetime) -> None:
        self.call.state = state
        self.call.answered_by = link.mxid if link else None
        self.call.answered_as = link.function if link else None
        self.call.rank = link.rank if link else None
        self.call.answered_at = at if link else None
        self.call.said_by, self.call.said_how, self.call.read_back = None, "", False
        self.call.coming_at = None

    def _answered_since(self, now: datetime) -> datetime:
        """Tell since when the seat is answered for: from now, where it is not yet."""
        return (self.call.answered_at if self.reached else None) or now

    def _stands_before(self, link: Link, state: CallState) -> bool:
        """Tell whether a new answer counts instead of the one there is."""
        call = self.call
        if not self.reached or call.answered_as is None or call.rank is None:
            return True
        if not self.holds_still:
            return True
        new = self._standing(link.function, link.rank)
        old = self._standing(call.answered_as, call.rank)
        less = state is CallState.ACKNOWLEDGED and call.state == CallState.ATTENDING
        return new < old if less else new <= old

    def _standing(self, function: str, rank: int) -> tuple[bool, int]:
        return (function != self.seat.function, rank)

    def _unanswered(self, step: CallStep, now: datetime) -> StepState:
        """Tell how somebody stands who has answered nothing after all."""
        if step.asked_at is None or step.due_at is None:
            return StepState.WAITING
        later = any(when_asked(it) > when_asked(step) for it in self.steps if it.asked_at)
        return StepState.ASKED if now < step.due_at and not later else StepState.SILENT


def answers_for(
    seats: Collection[SeatCall], mxid: str, holds: Callable[[str], bool], *, no: bool = False
) -> list[SeatCall]:
    """Choose the seats that a person's answer is for: all of theirs, by one answer (R25).

    Those that they were asked for and have not answered; else those that they have answered
    for; else those of functions that they hold or stand in for, unasked; else those in whose
    chain they are. A `no` is for the first two together: who cannot come comes for no seat.
    """
    theirs = [seat for seat in seats if seat.link_of(mxid)]
    engaged = [it for it in theirs if it.was_asked(mxid) or it.call.answered_by == mxid]
    for wanted in (
        engaged if no else [],
        [seat for seat in theirs if seat.was_asked(mxid) and seat.call.answered_by != mxid],
        [seat for seat in theirs if seat.call.answered_by == mxid],
        [seat for seat in theirs if holds(seat.seat.function)],
    ):
        if wanted:
            return wanted
    return theirs
