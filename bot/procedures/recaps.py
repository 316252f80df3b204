"""What somebody who comes late has to know: what they owe first, then what holds."""

from __future__ import annotations

from typing import Any

from bot.asking.ask import Ask, Ring
from bot.domain.agreements import STANDING
from bot.domain.answer import InForum, Typed
from bot.domain.calling import REACHED
from bot.domain.model import Agreement, Holding
from bot.domain.recap import AGREEMENTS
from bot.domain.region import Forum
from bot.procedures.roll import read, roster_now
from bot.procedures.waiting import waits
from bot.store import agreements, digests, meetings, summonses


async def recap(ring: Ring, forum: Forum, mxid: str, held: list[Holding]) -> dict[str, Any] | None:
    """Gather it for whoever holds that; None where there is nothing to tell."""
    ask = Ask(
        session=ring.session, region=ring.region, now=ring.now, mxid=mxid, name=held[0].name,
        place=InForum(forum.code), direct=False, holdings=tuple(held),
        language=ring.region.language, event_id="",
    )  # fmt: skip
    owed = await waits(ask)
    named = {it["id"] for it in owed}
    meeting = await meetings.last_published(ring.session, forum.code)
    open_ = [it for it in await agreements.open_in(ring.session, forum.code) if it.id not in named]
    facts: dict[str, Any] = {
        "waits": owed,
        "unanswered": [it for it in await _unanswered(ask, forum) if it["id"] not in named],
        "open": [{**_told(it), "closes": it.closes_at} for it in open_],
        "holds": [{**_told(it), "until": it.valid_until} for it in await _holding(ring, forum)],
        "digest": {"id": meeting.id, "at": meeting.published_at} if meeting else None,
    }
    if not any(facts.values()):
        return None
    return {"forum": forum.code, **facts, "answered": await _answered(ask, forum)}


def _told(agreement: Agreement) -> dict[str, Any]:
    return {"id": agreement.id, "text": Typed(agreement.text)}


async def _seats(ask: Ask, forum: Forum) -> list[dict[str, Any]]:
    """List how the calls to this person's seats stand, in the summonses of the forum."""
    here = [made for made in await summonses.running(ask.session) if made.forum == forum.code]
    roster = await roster_now(ask) if here else {}
    found = []
    for made in here:
        roll = await read(ask, made, roster)
        for each in roll.seats if roll else ():
            if each.call.function in ask.functions:
                reached = each.call.state in REACHED
                call = {"id": made.id, "function": each.call.function, "reached": reached}
                found.append(call | {"starts": roll.meeting.starts_at if roll else None})
    return found


async def _unanswered(ask: Ask, forum: Forum) -> list[dict[str, Any]]:
    return [it for it in await _seats(ask, forum) if not it["reached"]]


async def _answered(ask: Ask, forum: Forum) -> list[dict[str, Any]]:
    return [it for it in await _seats(ask, forum) if it["reached"]]


async def _holding(ring: Ring, forum: Forum) -> list[Agreement]:
    """List the latest agreements that hold."""
    every = await digests.reviewed_in(ring.session, forum.code)
    valid = [
        it
        for it in every
        if it.state in STANDING
        and it.closed_at is not None
        and (it.valid_until is None or it.valid_until > ring.now)
    ]
    return sorted(valid, key=lambda it: (it.closed_at or ring.now, it.id))[-AGREEMENTS:]
