"""What is most urgent about an incident, by other ways than Matrix: who judges it, who is informed.

As with calls, the ways are those that the law gives the organisation of whoever is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.domain.activation import Informed
from bot.domain.answer import Answer, Direct, Facts, Outward, Reply
from bot.domain.dispatches import A_MINUTE, first_info, judging
from bot.domain.model import Incident
from bot.domain.region import Region
from bot.procedures.roll import Asking
from bot.store import deadlines
from bot.store.dispatches import INCIDENT_TOLD

OF_USE = timedelta(hours=1)
"""How long first information is tried to be handed over: by then the first conference meets."""


async def to_judge(at: Asking, incident: Incident, asked: Sequence[Reply]) -> list[Answer]:
    """Ask by the ways of each judge's organisation, too; each person once in each turn."""
    outwards = [_to_judge(at.region, incident, each) for each in asked]
    return [*asked, *await _out(at, incident, [out for some in outwards for out in some])]


def _to_judge(region: Region, incident: Incident, asked: Reply) -> list[Outward]:
    facts, to = asked.facts, asked.to
    function = str(facts["as_function"])
    home = region.home_of(function)
    others = [code for code in region.cooperation.judges if code != function]
    data = {
        **_data(region, incident, "judge", home.code),
        "asked_at": _iso(incident.asked_at),
        "asked_as": incident.asked_as,
        "answer_by": _iso(incident.judge_until),
        "function": function,
        "rank": facts["rank"],
        "why": facts["why"],
    }
    return [
        Outward(
            "way/judge", {**facts, "others": others}, data, way, organisation=home.code,
            about=incident.id, occasion=judging(incident), function=function,
            mxid=to.mxid if isinstance(to, Direct) else "", until=facts["until"],
        )
        for way in home.ways
    ]  # fmt: skip


async def to_all(
    at: Asking, incident: Incident, everybody: Iterable[Informed], told: Facts
) -> list[Answer]:
    """Send the first information by the ways of each organisation, too, in the same words.

    Where an organisation has nobody in Matrix, its mailbox and its alarm system have it all the
    same.
    """
    outwards = [_to_one(at, incident, each, told) for each in everybody]
    return await _out(at, incident, [out for some in outwards for out in some])


def _to_one(at: Asking, incident: Incident, one: Informed, told: Facts) -> list[Outward]:
    function = one.function or one.contact_point
    its = {"function": function, "organisation": one.organisation, "in_matrix": bool(one.mxid)}
    parts = ("confirmed", "unconfirmed", "unknown", "info")
    data = {
        **_data(at.region, incident, "first_info", one.organisation),
        **{part: str(told[part]) if told[part] else None for part in parts},
        "at": _iso(told["at"]),
        "forum": told["forum"],
        "starts_at": _iso(told["starts"]),
        "function": function,
    }
    return [
        Outward(
            "way/first_info", {**told, **its}, data, way, organisation=one.organisation,
            about=incident.id, occasion=first_info(incident), function=function,
            mxid=one.mxid or "", until=at.now + OF_USE,
        )
        for way in at.region.organisations[one.organisation].ways
    ]  # fmt: skip


def _data(region: Region, incident: Incident, kind: str, home: str) -> dict[str, Any]:
    """Say for a machine what all of it has (OPERATING.md has the shape)."""
    return {
        "version": 1,
        "kind": kind,
        "live": incident.exercise is None,
        "exercise": incident.exercise,
        "region": region.code,
        "organisation": home,
        "incident": incident.id,
        "purpose": incident.text,
    }


async def _out(at: Asking, incident: Incident, outwards: list[Outward]) -> list[Answer]:
    """Have it looked at in a minute, if anything goes out: by then it is to be handed over."""
    look = at.now + A_MINUTE
    waiting = await deadlines.waiting(at.session, INCIDENT_TOLD, incident.id)
    if outwards and (waiting is None or waiting > look):
        await deadlines.set_(at.session, INCIDENT_TOLD, incident.id, look)
    return list(outwards)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
