"""What a forum has agreed on: each seat's position, never a count (R3-R7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.model import AgreementState, Choice, Position

AGREEING = frozenset({Choice.AGREES, Choice.RESERVATION})
STANDING = frozenset(
    {AgreementState.AGREED, AgreementState.AGREED_WITH_RESERVATION, AgreementState.STANDS_FOR_SOME}
)
"""The outcomes that hold for somebody, so that they can be reviewed and end."""

REMINDED_BEFORE = timedelta(hours=1)
"""How long before its end, at the most, an anchoring seat is asked again."""


@dataclass(frozen=True)
class Stand:
    """Where one seat stands; `choice` None is no answer, and that is never a yes (R4).

    `until` is when an anchoring seat must be back; `lapsed` tells that it did not come.
    """

    function: str
    choice: Choice | None = None
    text: str = ""
    until: datetime | None = None
    lapsed: bool = False

    @property
    def anchoring(self) -> bool:
        """Tell whether the seat is still to come back with an answer from home."""
        return self.choice is Choice.ANCHOR


def counting(positions: Iterable[Position]) -> Position | None:
    """Find the position that counts for a seat, given all of its, oldest first; None if none.

    A holder's stands before any deputy's, a first deputy's before a second's; of those of the
    same rank the last. One that should have been anchored, and was not in time, stands before
    nothing that was said after it.
    """
    best: Position | None = None
    for each in positions:
        if best is None or each.rank <= best.rank or _lapsed(best, each.given_at):
            best = each
    return best


def _lapsed(position: Position, by: datetime) -> bool:
    """Tell whether an anchoring seat's time was out by then, its minute included."""
    until = position.anchored_until if position.choice == Choice.ANCHOR else None
    return until is not None and until <= by


def stand(function: str, positions: Iterable[Position], now: datetime) -> Stand:
    """Tell where a seat stands, given all positions on the agreement, oldest first."""
    found = counting(each for each in positions if each.function == function)
    if found is None:
        return Stand(function)
    choice = Choice(found.choice)
    until = found.anchored_until if choice is Choice.ANCHOR else None
    if until is not None and until <= now:
        return Stand(function, None, lapsed=True)
    return Stand(function, choice, found.text, until)


def stands(
    concerned: Sequence[str], positions: Sequence[Position], now: datetime
) -> tuple[Stand, ...]:
    """Tell where each concerned seat stands, in that order."""
    return tuple(stand(function, positions, now) for function in concerned)


def complete(standing: Iterable[Stand]) -> bool:
    """Tell whether nothing more is waited for.

    Who anchors is waited for until the time is out; so is the wording of a reservation.
    """
    return all(
        each.lapsed
        if each.choice is None
        else not each.anchoring and (each.choice is not Choice.RESERVATION or bool(each.text))
        for each in standing
    )


def outcome(standing: Sequence[Stand], *, support_only: bool) -> AgreementState:
    """Tell what came of it; a support forum's word is advice, whoever agrees (R7)."""
    chosen = {each.choice for each in standing}
    if support_only:
        return AgreementState.ADVICE
    if not chosen & AGREEING:
        return AgreementState.NOT_AGREED
    if chosen & {None, Choice.ANCHOR, Choice.DISAGREES}:
        return AgreementState.STANDS_FOR_SOME
    if Choice.RESERVATION in chosen:
        return AgreementState.AGREED_WITH_RESERVATION
    return AgreementState.AGREED


def undecided_until(standing: Sequence[Stand], *, support_only: bool) -> datetime | None:
    """Tell until when a proposal stays open past its time, or None if it does not.

    It does when nobody agrees yet and somebody is still asking at home: then all hangs on them.
    """
    if outcome(standing, support_only=support_only) is not AgreementState.NOT_AGREED:
        return None
    return max((each.until for each in standing if each.until), default=None)


def remind_at(given_at: datetime, until: datetime) -> datetime:
    """Tell when an anchoring seat is asked again: for the last third, or the last hour."""
    return until - min((until - given_at) / 3, REMINDED_BEFORE)
