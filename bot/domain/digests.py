"""The digest of a meeting: what the record holds, in the order it is told. Nothing is invented.

R12: the same words to all, so these facts know nothing of who reads them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.domain.agreements import STANDING, Stand
from bot.domain.answer import Typed
from bot.domain.calendar import NeverFalls, next_occurrence
from bot.domain.calling import REACHED
from bot.domain.model import Action, Agreement, AgreementState, Call, CallState, Choice, Meeting
from bot.domain.region import Forum, Limits, Mode, Region

REVIEWS_KEPT = timedelta(days=7)
"""How long a review that nobody has held is still told of."""


@dataclass(frozen=True)
class Told:
    """An agreement, and where each of the seats that were asked stands."""

    agreement: Agreement
    stands: tuple[Stand, ...]

    def chose(self, choice: Choice | None) -> list[Stand]:
        """List the seats that stand there; None for those that have not answered (R4)."""
        return [each for each in self.stands if each.choice is choice]

    def of(self, function: str | None) -> Stand | None:
        """Tell where that seat stands; None if it was not asked."""
        return next((each for each in self.stands if each.function == function), None)

    @property
    def open(self) -> bool:
        """Tell whether it still takes positions."""
        return self.agreement.state == AgreementState.PROPOSED


@dataclass(frozen=True)
class Record:
    """All that the memory holds of a meeting."""

    meeting: Meeting
    agreements: tuple[Told, ...]
    actions: tuple[Action, ...]
    calls: tuple[Call, ...]
    next_meeting: datetime | None


def limits_in(region: Region, mode: str) -> Limits:
    """Give the time limits of a mode; stepping down keeps the activated ones."""
    return region.limits.get(Mode(mode)) or region.limits[Mode.ACTIVATED]


def next_by_law(region: Region, forum: Forum, mode: str, now: datetime) -> datetime | None:
    """Tell when the forum's cadence has it meet next; None where it has none."""
    cadence = forum.cadence.get(Mode(mode))
    try:
        return next_occurrence(region, cadence, now).starts if cadence else None
    except NeverFalls:
        return None


def digest(record: Record, region: Region) -> dict[str, Any]:
    """Sum up a meeting from its record alone."""
    meeting = record.meeting
    forum = region.forum(meeting.forum)
    return {
        "meeting": meeting.id,
        "incident": meeting.incident,
        "forum": forum.code,
        "held_at": meeting.starts_at,
        "info_class": forum.info_class_max,
        **attendance(record.calls),
        "agreements": [settled(told) for told in record.agreements if not told.open],
        "open": [trial(told.agreement) for told in record.agreements if told.open],
        "actions": [taken_on(action) for action in record.actions],
        "next_meeting": record.next_meeting,
    }


def attendance(calls: Iterable[Call]) -> dict[str, Any]:
    """Count who was there, and name the seats that were not; unmanned is not absent."""
    all_ = list(calls)
    present = [call for call in all_ if call.state in REACHED]
    return {
        "called": len(all_),
        "present": len(present),
        "deputies": sum((call.rank or 1) > 1 for call in present),
        "absent": [it.function for it in all_ if it.state not in REACHED | {CallState.UNMANNED}],
        "unmanned": [it.function for it in all_ if it.state == CallState.UNMANNED],
    }


def settled(told: Told) -> dict[str, Any]:
    """Tell how an agreement ended: each seat's position, none counted together (R3, R5)."""
    agreement = told.agreement
    return {
        "id": agreement.id,
        "text": Typed(agreement.text),
        "state": str(agreement.state),
        "valid_until": agreement.valid_until,
        "review_at": agreement.review_at,
        "agrees": [given.function for given in told.chose(Choice.AGREES)],
        "reservations": [
            {"function": given.function, "text": Typed(given.text)}
            for given in told.chose(Choice.RESERVATION)
        ],
        "anchors": [
            {"function": given.function, "until": given.until}
            for given in told.chose(Choice.ANCHOR)
        ],
        "disagrees": [given.function for given in told.chose(Choice.DISAGREES)],
        "silent": [given.function for given in told.chose(None) if not given.unread],
        "unread": [given.function for given in told.stands if given.unread],
    }


def trial(agreement: Agreement) -> dict[str, Any]:
    """Tell of a proposal that still takes positions."""
    return {
        "id": agreement.id,
        "text": Typed(agreement.text),
        "closes_at": agreement.closes_at,
    }


def taken_on(action: Action) -> dict[str, Any]:
    """Tell what somebody has taken on, and until when."""
    return {
        "id": action.id,
        "text": Typed(action.text),
        "function": action.function,
        "due_at": action.due_at,
        "state": str(action.state),
        "ended_at": action.ended_at,
    }


def to_review(agreements: Iterable[Agreement], now: datetime) -> list[dict[str, Any]]:
    """List what is agreed, still valid, and has a time at which it is to be looked at again."""
    return [
        {"id": each.id, "text": Typed(each.text), "review_at": each.review_at}
        for each in agreements
        if each.state in STANDING
        and (each.valid_until is None or each.valid_until > now)
        and each.review_at is not None
        and each.review_at > now - REVIEWS_KEPT
    ]
