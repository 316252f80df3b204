"""Who leads a meeting: the chair, who stands in, and another chair for an event (R19, R27)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.domain.calling import SeatCall
from bot.domain.model import CallState
from bot.domain.region import Forum, Region


def can_chair(forum: Forum, function: str) -> bool:
    """Tell whether a function can chair there: it has a seat, or leads the forum anyway."""
    return forum.seat_of(function) is not None or function in forum.lead


def chaired_by(forum: Forum, function: str | None) -> Forum:
    """Give the forum with another chair, where that one can chair there; its own may lead too."""
    own = forum.own_chair or forum.chair
    if function is None or not can_chair(forum, function):
        return forum
    return replace(forum, chair=function, own_chair=None if function == own else own)


def with_chairs(
    forums: Mapping[str, Forum], moved: Iterable[tuple[str, str]]
) -> Mapping[str, Forum]:
    """Give the forums with the chairs that events have moved, as (forum, function)."""
    found = dict(forums)
    for code, function in moved:
        if code in found:
            found[code] = chaired_by(found[code], function)
    return found


def turn_to_lead(region: Region, forum: Forum) -> tuple[str, ...]:
    """List who leads when the chair is not reached: vice chair, then the coordinators on duty.

    The coordinators are those who judge requests for cooperation after the first (R27).
    """
    return tuple(dict.fromkeys(_turn(region, forum)))


def _turn(region: Region, forum: Forum) -> Iterator[str]:
    yield forum.chair
    if forum.own_chair:
        yield forum.own_chair
    if forum.vice_chair:
        yield forum.vice_chair
    yield from region.cooperation.judges[1:]


def leads(region: Region, forum: Forum, seats: Sequence[SeatCall]) -> dict[str, Any]:
    """Tell who leads as far as is known: `leads` is a function; None while it is not known.

    `turn` lists whose turn it is, in order. `unled`: each of them has a seat, and has been sought
    in vain. `chair_is`: why the chair does not, if it does not.
    """
    calls = {each.seat.function: each for each in seats}
    turn = turn_to_lead(region, forum)
    left = [code for code in turn if code not in calls or calls[code].reached or calls[code].asking]
    first = left[0] if left else None
    known = first is not None and (first not in calls or calls[first].reached)
    return {
        "chair": forum.chair, "own_chair": forum.own_chair, "turn": list(turn),
        "chair_is": chair_is(forum, seats),
        "leads": first if known else None, "unled": not left,
    }  # fmt: skip


def chair_is(forum: Forum, seats: Sequence[SeatCall]) -> CallState:
    """Tell why the chair does not lead, where it does not: prevented, unmanned or not reached.

    Prevented is said by itself; an unmanned function is not one that keeps silent (R10).
    """
    states = {each.call.state for each in seats if each.seat.function == forum.chair}
    told = (CallState.PREVENTED, CallState.UNMANNED)
    return next((each for each in told if each in states), CallState.NOT_REACHED)
