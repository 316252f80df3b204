"""Who would be reached if a forum were called, with what is known of each person (R1, R11)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.asking.ask import Ask, Ring
from bot.domain.answer import Facts, Typed
from bot.domain.attendance import away_facts, seat_facts
from bot.domain.foresight import Foreseen, Turn, answerable, foresee, minute_of, people
from bot.domain.gaps import planned_at
from bot.domain.model import PlannedGap
from bot.domain.recap import equipped
from bot.domain.region import Forum
from bot.domain.silences import Silence, Silences
from bot.store import gaps, heard, holdings, kept, rooms, servers

JOINED = rooms.JOINED
LONGEST = timedelta(days=1)
"""No call goes on for longer: what begins after that does not matter to it."""


@dataclass(frozen=True)
class Sight:
    """What is known now of the people who would be asked, by their Matrix ids.

    `equipped` None: the forum's room is in clear, where any device will do.
    """

    membership: Mapping[str, str]
    equipped: Collection[str] | None
    silences: Silences
    planned: Sequence[PlannedGap]
    heard: Mapping[str, datetime]


async def outlook(at: Ask | Ring, forum: Forum, when: datetime) -> Facts:
    """Tell how a call of the forum at that time would run, and what is missing."""
    periods = await holdings.periods(at.session, when + LONGEST)
    foreseen = foresee(at.region, forum, periods, when)
    sight = await _sight(at.session, forum, people(foreseen), when)
    told = [(each, _seat(at, foreseen, each, sight, when)) for each in foreseen]
    reached, total = answerable(foreseen)
    return {
        "forum": forum.code,
        "at": when,
        "coming": when > at.now,
        "reached": reached,
        "total": total,
        **_missing(told, sight),
        "required": [seat for each, seat in told if each.seat.required],
        "optional": [seat for each, seat in told if not each.seat.required],
    }


async def _sight(
    session: AsyncSession, forum: Forum, mxids: Sequence[str], when: datetime
) -> Sight:
    room = await rooms.by_key(session, f"forum:{forum.code}")
    members = await rooms.members(session, room.room_id) if room else []
    found = await kept.among(session, [equipped(mxid) for mxid in mxids])
    return Sight(
        {each.mxid: each.membership for each in members},
        {mxid for mxid in mxids if equipped(mxid) in found} if room and room.encrypted else None,
        Silences.of(await servers.silent(session)),
        await gaps.planned(session, when),
        await heard.last(session, mxids),
    )


def _seat(
    at: Ask | Ring, foreseen: Sequence[Foreseen], each: Foreseen, sight: Sight, when: datetime
) -> dict[str, Any]:
    given_up = each.given_up_at
    planned = None if each.call.manned else planned_at(sight.planned, each.seat.function, when)
    return {
        **seat_facts(at.region, [it.call for it in foreseen], each.call),
        "turns": [_turn(turn, sight, when) for turn in each.turns],
        "planned": {"why": Typed(planned.why), "until": planned.ends} if planned else None,
        "given_up": minute_of(given_up, when) if given_up else None,
    }


def _turn(turn: Turn, sight: Sight, when: datetime) -> dict[str, Any]:
    link = turn.link
    return {
        "function": link.function,
        "rank": link.rank,
        "name": link.name,
        "minute": minute_of(turn.asked_at, when),
        "inside": sight.membership.get(link.mxid) == JOINED,
        "invited": sight.membership.get(link.mxid) == rooms.INVITED,
        "deviceless": _is_deviceless(link.mxid, sight),
        "away": sight.silences.now(link.mxid) is not None,
        "heard": sight.heard.get(link.mxid),
    }


def _is_deviceless(mxid: str, sight: Sight) -> bool:
    return sight.equipped is not None and mxid not in sight.equipped


def _missing(told: Sequence[tuple[Foreseen, dict[str, Any]]], sight: Sight) -> dict[str, Any]:
    """Sort what is missing by what it is; a seat stands in every list that it belongs in."""
    gaping = [seat for _, seat in told if seat["unmanned"] and not seat["planned"]]
    return {
        "nobody": [seat for seat in gaping if not seat["turns"]],
        "purposely": [seat for _, seat in told if seat["planned"]],
        "unmanned": [seat for seat in gaping if seat["turns"]],
        "outside": [
            seat for _, seat in told if seat["turns"] and not seat["turns"][0]["inside"]
        ],
        "deviceless": [
            seat for _, seat in told if any(turn["deviceless"] for turn in seat["turns"])
        ],
        "away": away_facts((each.seat.function, _away(each, sight)) for each, _ in told),
    }  # fmt: skip


def _away(each: Foreseen, sight: Sight) -> Silence | None:
    """Tell of the silent homeserver of the first who would be asked and lives on one."""
    found = (sight.silences.now(turn.link.mxid) for turn in each.turns)
    return next((silence for silence in found if silence), None)
