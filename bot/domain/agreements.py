"""What a forum has agreed on: each seat's position, never a count (R3-R7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.domain.answer import Facts
from bot.domain.model import AgreementState, Blank, Choice, Position
from bot.domain.silences import Silence
from bot.domain.spoken import spoken_of

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

    `until` is when an anchoring seat must be back; `lapsed` tells that it did not come. `unread`
    is when a message came from it that nobody could read before it closed: that is no silence.
    `away` is the silence of the homeserver of all who could have answered for it. `expired` is the
    last day of its mandate, where that has run out: then it may inform only.
    """

    function: str
    choice: Choice | None = None
    text: str = ""
    until: datetime | None = None
    lapsed: bool = False
    unread: datetime | None = None
    away: Silence | None = None
    expired: date | None = None
    spoken: Facts | None = None
    """Who gave the answer in its stead, and how they were told; None for its own."""

    @property
    def anchoring(self) -> bool:
        """Tell whether the seat is still to come back with an answer from home."""
        return self.choice is Choice.ANCHOR


def given(ledger: Iterable[Position]) -> list[Position]:
    """Leave out what has been taken back; what was said before that stands again (MSC3381).

    A blank leaves nothing of what the same person has said for the seat before it. Oldest first.
    """
    rows = list(ledger)
    removed = {each.takes_back for each in rows if each.takes_back}
    left: list[Position] = []
    for row in rows:
        if row.takes_back or row.event_id in removed:
            continue
        if row.choice in set(Blank):
            whose = (row.mxid, row.function)
            left = [each for each in left if (each.mxid, each.function) != whose]
        else:
            left.append(row)
    return left


def counting(positions: Iterable[Position]) -> Position | None:
    """Find the position that counts for a seat, given all of its, oldest first; None if none.

    A holder's stands before any deputy's, a first deputy's before a second's; of those of the
    same rank the last. One that should have been anchored, and was not in time, stands before
    nothing that was said after it.
    """
    best: Position | None = None
    for each in given(positions):
        if best is None or each.rank <= best.rank or _lapsed(best, each.given_at):
            best = each
    return best


def put_in(ledger: Iterable[Position], row: Position) -> list[Position]:
    """Put a row where it belongs by when it was given: after what was given until then."""
    return sorted([*ledger, row], key=lambda each: each.given_at)


def overtaken(ledger: Iterable[Position], row: Position) -> bool:
    """Tell whether the same person has answered for the seat since."""
    return any(
        (each.mxid, each.function) == (row.mxid, row.function) and each.given_at > row.given_at
        for each in given(ledger)
    )


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
    said = spoken_of(found.said_by, found.said_how, read_back=found.read_back)
    return Stand(function, choice, found.text, until, spoken=said)


def stands(
    concerned: Sequence[str], positions: Sequence[Position], now: datetime
) -> tuple[Stand, ...]:
    """Tell where each concerned seat stands, in that order."""
    return tuple(stand(function, positions, now) for function in concerned)


def with_unread(stands: Iterable[Stand], unread: Mapping[str, datetime]) -> tuple[Stand, ...]:
    """Add from which seats a message came that nobody could read."""
    return tuple(replace(each, unread=unread.get(each.function)) for each in stands)


def with_away(stands: Iterable[Stand], away: Mapping[str, Silence]) -> tuple[Stand, ...]:
    """Add which of those that have not answered are on a silent homeserver."""
    return tuple(
        each if each.choice else replace(each, away=away.get(each.function)) for each in stands
    )


def with_expired(stands: Iterable[Stand], expired: Mapping[str, date]) -> tuple[Stand, ...]:
    """Add whose mandate has run out."""
    return tuple(replace(each, expired=expired.get(each.function)) for each in stands)


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
