"""Agreements in words and on their way: what commands and deadlines about them share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain import mandates
from bot.domain.agreements import Stand, stands, with_away, with_expired, with_unread
from bot.domain.answer import InForum, Reply, Typed
from bot.domain.attendance import away_facts
from bot.domain.calendar import local
from bot.domain.model import Agreement, Choice, Meeting
from bot.domain.region import Forum, Mode, Region
from bot.domain.seats import seat_in, with_position
from bot.domain.silences import Silence, Silences
from bot.domain.summons import by_function
from bot.store import agreements, holdings, servers

_LISTS = {
    Choice.AGREES: "agrees",
    Choice.RESERVATION: "reservations",
    Choice.ANCHOR: "anchoring",
    Choice.DISAGREES: "disagrees",
    Choice.NOT_CONCERNED: "not_concerned",
    None: "silent",
}


def mode_of(forum: Forum, meeting: Meeting | None) -> Mode:
    """Tell which mode's limits hold: the open meeting's, or what the forum is for."""
    if meeting is not None:
        return Mode(meeting.mode)
    return Mode.ACTIVATED if forum.activated_only else Mode.ORDINARY


async def standing(
    session: AsyncSession, region: Region, agreement: Agreement, now: datetime
) -> tuple[Stand, ...]:
    """Tell where each concerned seat stands, in the order of the law."""
    asked = set(await agreements.concerned(session, agreement.id))
    order = [s.function for s in with_position(region, region.forum(agreement.forum))]
    in_order = [code for code in order if code in asked]
    in_order += sorted(asked.difference(order))
    there = stands(in_order, await agreements.positions(session, agreement.id), now)
    there = with_away(there, await _away(session, agreement, now))
    there = with_expired(there, _expired(region, agreement, in_order, now))
    if agreement.closed_at is None:
        return there
    return with_unread(there, await agreements.unread_seats(session, agreement.id))


def _expired(
    region: Region, agreement: Agreement, functions: Iterable[str], now: datetime
) -> dict[str, date]:
    """Tell whose mandate has run out, or had when it closed, and which was its last day."""
    on = local(region, agreement.closed_at or now).date()
    forum = region.forum(agreement.forum)
    found = {code: mandates.expired(region, forum, code, on) for code in functions}
    return {code: last_day for code, last_day in found.items() if last_day}


async def _away(session: AsyncSession, agreement: Agreement, now: datetime) -> dict[str, Silence]:
    """Tell whose homeserver is silent, or was when it closed, by function: all its people's."""
    outages = await servers.silences(session, agreement.proposed_at)
    if not outages:
        return {}
    at, silences = agreement.closed_at or now, Silences.of(outages)
    people = by_function(await holdings.in_force(session, at))
    found = {code: [silences.at(one.mxid, at) for one in them] for code, them in people.items()}
    return {code: their[0] for code, their in found.items() if their[0] and all(their)}


def seat_facts(
    region: Region, forum: Forum, function: str, among: Iterable[str] = ()
) -> dict[str, Any]:
    """Give what a seat is called by.

    `titled`: its organisation has another seat beside it, so that its title must be said.
    `represents`: the organisations it answers for besides its own.
    """
    seat = seat_in(region, forum, function)
    home = region.home_of(function).code if function in region.functions else None
    represents = [code for code in seat.represents if code != home] if seat else []
    titled = any(
        other != function and other in region.functions and region.home_of(other).code == home
        for other in among
    )
    return {"function": function, "titled": titled, "represents": represents}


def backer(region: Region, forum: Forum, function: str) -> str:
    """Name who at home would back what the seat may not agree to itself: its receiver (R29)."""
    home = region.home_of(function)
    return region.receivers.get((home.code, forum.level), home.contact_point)


def listed(region: Region, agreement: Agreement, standing: Sequence[Stand]) -> dict[str, Any]:
    """Name the seats by where they stand, each in exactly one list (R5).

    Besides, `unread` names those from whom a message came that nobody could read; none of them is
    silent.
    """
    forum = region.forum(agreement.forum)
    among = [each.function for each in standing]
    lists: dict[str, list[dict[str, Any]]] = {name: [] for name in (*_LISTS.values(), "unread")}
    for each in standing:
        seat = seat_facts(region, forum, each.function, among)
        said = seat | {"text": Typed(each.text), "until": each.until, "spoken": each.spoken}
        if each.unread:
            lists["unread"].append(said | {"at": each.unread})
        if each.choice is not None or not each.unread:
            lists[_LISTS[each.choice]].append(said)
    return dict(lists)


def advisory(region: Region, agreement: Agreement, on: datetime) -> list[dict[str, Any]]:
    """Name the forum's seats that may not agree to this kind on that day (b.7)."""
    forum = region.forum(agreement.forum)
    seats = with_position(region, forum)
    day = local(region, on).date()
    return [
        seat_facts(region, forum, seat.function, [each.function for each in seats])
        for seat in seats
        if not mandates.may_agree(region, forum, seat.mandate, agreement.kind, day)
    ]


def facts(region: Region, agreement: Agreement, standing: Sequence[Stand]) -> dict[str, Any]:
    """Give all that is said of an agreement, to each of its templates."""
    forum = region.forum(agreement.forum)
    concerned = {each.function for each in standing}
    lacking = advisory(region, agreement, agreement.proposed_at)
    return {
        "id": agreement.id,
        "incident": agreement.incident,
        "forum": agreement.forum,
        "kind": agreement.kind,
        "text": Typed(agreement.text),
        "why": Typed(agreement.why),
        "proposed_as": agreement.proposed_as,
        "closes": agreement.closes_at,
        "until": agreement.valid_until,
        "review": agreement.review_at,
        "state": str(agreement.state),
        "needs": mandates.needed(region, forum, agreement.kind),
        "advisory": [seat for seat in lacking if seat["function"] in concerned],
        "concerned": [seat_facts(region, forum, each.function, concerned) for each in standing],
        **listed(region, agreement, standing),
        "expired": [
            seat_facts(region, forum, each.function, concerned) | {"last_day": each.expired}
            for each in standing
            if each.expired
        ],
        "away": away_facts((each.function, each.away) for each in standing),
    }


def subject(agreement: Agreement) -> str:
    """Give what messages about it are about."""
    return f"agreement:{agreement.id}"


def shown(region: Region, agreement: Agreement, standing: Sequence[Stand]) -> Reply:
    """Show the proposal and who has answered, in the forum: one message, edited in place."""
    return Reply(
        "agreement/proposed",
        facts(region, agreement, standing),
        to=InForum(agreement.forum),
        subject=subject(agreement),
        object=subject(agreement),
    )


def result(region: Region, agreement: Agreement, standing: Sequence[Stand]) -> Reply:
    """Say what came of it, in the forum: one message, edited when an anchored answer comes."""
    forum = region.forum(agreement.forum)
    receiver = forum.temporary.result_to if forum.temporary else forum.escalates_to
    return Reply(
        "agreement/result",
        {**facts(region, agreement, standing), "receiver": receiver},
        to=InForum(agreement.forum),
        subject=subject(agreement),
        object=f"result:{agreement.id}",
    )
