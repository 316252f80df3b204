"""How a forum is called: by which limits, and who is asked in which order (R1, T2, T3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.domain.calendar import NeverFalls, is_workday, local, next_occurrence
from bot.domain.holdings import in_order
from bot.domain.limits import due
from bot.domain.model import Holding, Meeting, Summons
from bot.domain.region import Cadence, Forum, Mode, Region, Seat

OFFICE_OPENS, OFFICE_CLOSES = time(8), time(17)
"""Outside these, and on days off, who has no duty officer is reached by the night contact."""

SHORT_CALL = timedelta(minutes=60)
"""How long before a meeting its summons goes out where the ordinary limits have no room."""

USUAL_LENGTH = timedelta(minutes=30)
"""How long a meeting lasts of which the law says nothing (T9)."""

Roster = Mapping[str, Sequence[Holding]]
"""Who holds each function now, by rank."""


@dataclass(frozen=True)
class CallLimits:
    """How long the first asked have to answer, and each one after them."""

    mode: Mode
    first: timedelta
    step: timedelta


@dataclass(frozen=True)
class Link:
    """Somebody who can answer for a seat: as which function, in which rank."""

    function: str
    rank: int
    mxid: str
    name: str


def limits_of(region: Region, mode: Mode, now: datetime) -> CallLimits:
    """Give the limits of a mode for a call made now."""
    limits = region.limits[mode]
    ack = due(limits["ack"], now, region, next_meeting=None) - now
    step = due(limits["deputy_step"], now, region, next_meeting=None) - now
    return CallLimits(mode, ack, step)


def limits_for(region: Region, forum: Forum, starts_at: datetime, now: datetime) -> CallLimits:
    """Choose the limits of a call: the activated ones where the ordinary have no room (T2, T3).

    The ordinary ones need the time to acknowledge and one deputy's, to the minute, before the
    start. A forum that exists only in activated mode is always called by the activated ones.
    """
    ordinary = limits_of(region, Mode.ORDINARY, now)
    if forum.activated_only or starts_at < now + ordinary.first + ordinary.step:
        return limits_of(region, Mode.ACTIVATED, now)
    return ordinary


def frozen_limits(summons: Summons) -> CallLimits:
    """Give the limits that were frozen when the summons was made."""
    first, step = timedelta(minutes=summons.first_minutes), timedelta(minutes=summons.step_minutes)
    return CallLimits(Mode(summons.mode), first, step)


def is_urgent(summons: Summons, meeting: Meeting) -> bool:
    """Tell whether a call is to sound wherever it can: one by the activated limits (T2).

    A meeting that its forum's calendar calls is none, however little time there is to answer.
    """
    calls_itself = summons.made_by is None and meeting.incident is None
    return summons.mode == Mode.ACTIVATED and not calls_itself


def mode_of(forum: Forum) -> Mode:
    """Tell in which mode the forum meets."""
    return Mode.ACTIVATED if forum.activated_only else Mode.ORDINARY


def ends_at(region: Region, forum: Forum, starts_at: datetime) -> datetime:
    """Tell when a meeting is to be over: as long as its agenda, or else its cadence, takes."""
    mode = mode_of(forum)
    agenda = region.agendas.get(forum.agenda.get(mode, ""))
    cadence = forum.cadence.get(mode)
    minutes = (agenda.minutes if agenda else 0) or (cadence.minutes if cadence else 0)
    return starts_at + (timedelta(minutes=minutes) if minutes else USUAL_LENGTH)


def by_function(holdings: Iterable[Holding]) -> dict[str, list[Holding]]:
    """Sort what is held now by function, each by rank and by who counts first."""
    roster: dict[str, list[Holding]] = {}
    for held in in_order(holdings):
        roster.setdefault(held.function, []).append(held)
    return roster


def order(region: Region, forum: Forum, seat: Seat, now: datetime) -> tuple[str, ...]:
    """List the functions that answer for a seat, in the law's order, each once (T3).

    Its own; out of office hours the night contact, where the seat is represented at night (P20);
    those whose seats in the forum represent its organisation (R2); then the contact point.
    """
    home = region.home_of(seat.function)
    night = seat.night_represented and home.night_contact and not in_office_hours(region, now)
    represented_by = (
        other.function for other in forum.seats if home.code in other.represents
        and region.home_of(other.function).code != home.code
    )  # fmt: skip
    found = (seat.function, *([home.night_contact] if night else ()), *represented_by)
    return tuple(dict.fromkeys(code for code in (*found, home.contact_point) if code))


def links(functions: Iterable[str], roster: Roster) -> tuple[Link, ...]:
    """List who has these functions, function by function and by rank, each person once."""
    found: dict[str, Link] = {}
    for function in functions:
        for held in roster.get(function, ()):
            found.setdefault(held.mxid, Link(function, held.rank, held.mxid, held.name))
    return tuple(found.values())


def chain(
    region: Region, forum: Forum, seat: Seat, roster: Roster, now: datetime
) -> tuple[Link, ...]:
    """List who a call made now would ask for a seat, in that order, each person once."""
    return links(order(region, forum, seat, now), roster)


def in_office_hours(region: Region, now: datetime) -> bool:
    """Tell whether it is a working day from 08.00 up to, not including, 17.00 local time."""
    here = local(region, now)
    return is_workday(region, here.date()) and OFFICE_OPENS <= here.time() < OFFICE_CLOSES


def call_before(region: Region, cadence: Cadence, starts_at: datetime) -> timedelta:
    """Tell how long before a meeting its summons goes out by itself.

    What the law says; else the ordinary time to acknowledge and for two deputies, if that is
    shorter than the time to the meeting after; else an hour.
    """
    if cadence.call_before is not None:
        return timedelta(minutes=cadence.call_before)
    ordinary = limits_of(region, Mode.ORDINARY, starts_at)
    wanted = ordinary.first + 2 * ordinary.step
    try:
        room = next_occurrence(region, cadence, starts_at).starts - starts_at
    except NeverFalls:
        return wanted
    return wanted if wanted < room else SHORT_CALL
