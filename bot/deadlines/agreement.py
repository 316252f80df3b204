"""What time says about agreements: close, ask again, review, end (R16, T11, T17)."""

from __future__ import annotations

from typing import Any

from bot.asking import Ring, deadline
from bot.domain.agreements import STANDING, Stand, complete
from bot.domain.answer import Answer, Direct, InForum, Reply, Typed
from bot.domain.model import Agreement, AgreementState
from bot.procedures.agreements import (
    advisory,
    backer,
    facts,
    seat_facts,
    shown,
    standing,
    subject,
)
from bot.procedures.closing import ANCHORING, CLOSES, ENDS, REVIEW, close, settled
from bot.store import agreements, deadlines, holdings, log


@deadline(CLOSES)
async def closes(ring: Ring) -> list[Answer]:
    """Close what has not closed by itself; who is silent is named as silent (R4)."""
    agreement = await agreements.by_id(ring.session, ring.subject)
    if agreement is None or agreement.state != AgreementState.PROPOSED:
        return []
    if ring.now < agreement.closes_at:  # all had answered, and what could not be read was awaited
        standing_ = await standing(ring.session, ring.region, agreement, ring.now)
        if not complete(standing_):
            await deadlines.set_(ring.session, CLOSES, agreement.id, agreement.closes_at)
            return []
    return await close(ring.session, ring.region, agreement, ring.now)


@deadline(ANCHORING)
async def anchoring(ring: Ring) -> list[Answer]:
    """Ask an anchoring seat again; once its time is out, say that no answer came."""
    id_, _, function = ring.subject.partition(":")
    agreement = await agreements.by_id(ring.session, id_)
    if agreement is None:
        return []
    standing_ = await standing(ring.session, ring.region, agreement, ring.now)
    own = next((each for each in standing_ if each.function == function), Stand(function))
    if own.until:
        await deadlines.set_(ring.session, ANCHORING, ring.subject, own.until)
        return await _ask_again(ring, agreement, own)
    if own.lapsed:
        return await _lapse(ring, agreement, standing_, own)
    return []


async def _ask_again(ring: Ring, agreement: Agreement, own: Stand) -> list[Answer]:
    return [
        Reply(
            "position/again", _again(ring, agreement, own), to=Direct(holder.mxid),
            mention=(holder.mxid,), subject=subject(agreement), call=True,
        )
        for holder in await _who(ring, own.function)
    ]  # fmt: skip


def _again(ring: Ring, agreement: Agreement, own: Stand) -> dict[str, Any]:
    forum = ring.region.forum(agreement.forum)
    lacking = {seat["function"] for seat in advisory(ring.region, agreement, ring.now)}
    outside = own.function in lacking
    return {
        "backer": backer(ring.region, forum, own.function) if outside else None,
        "id": agreement.id,
        "proposal": Typed(agreement.text),
        "seat": seat_facts(ring.region, forum, own.function),
        "until": own.until,
    }


async def _who(ring: Ring, function: str) -> list[Any]:
    """Give whoever comes first in the function now, if anybody does."""
    return (await holdings.holders(ring.session, function, ring.now))[:1]


async def _lapse(
    ring: Ring, agreement: Agreement, standing_: tuple[Stand, ...], own: Stand
) -> list[Answer]:
    if agreement.closed_at is not None and agreement.closed_at >= ring.due_at:
        return []  # it closed in this same moment, and its result says so
    await log.append(
        ring.session, "position.lapsed", agreement.id, happened_at=ring.due_at,
        written_at=ring.now, forum=agreement.forum, function=own.function,
    )  # fmt: skip
    if agreement.state != AgreementState.PROPOSED:
        return await settled(ring.session, ring.region, agreement, own, ring.now)
    if complete(standing_):
        return await close(ring.session, ring.region, agreement, ring.now)
    return [shown(ring.region, agreement, standing_)]


@deadline(REVIEW)
async def review(ring: Ring) -> list[Answer]:
    """Ask whether it still holds, unless it has ended (T17)."""
    agreement = await agreements.by_id(ring.session, ring.subject)
    if agreement is None or agreement.state not in STANDING:
        return []
    if agreement.valid_until is not None and agreement.valid_until <= ring.now:
        return []
    standing_ = await standing(ring.session, ring.region, agreement, ring.now)
    proposer = await _who(ring, agreement.proposed_as)
    await log.append(
        ring.session, "agreement.reviewed", agreement.id, happened_at=ring.due_at,
        written_at=ring.now, forum=agreement.forum, function=agreement.proposed_as,
    )  # fmt: skip
    return [
        Reply(
            "agreement/review", facts(ring.region, agreement, standing_),
            to=InForum(agreement.forum), mention=tuple(each.mxid for each in proposer), call=True,
        )
    ]  # fmt: skip


@deadline(ENDS)
async def ends(ring: Ring) -> None:
    """Note that it has ended; that was agreed, and nobody need be told."""
    agreement = await agreements.by_id(ring.session, ring.subject)
    if agreement is not None and agreement.state in STANDING:
        await log.append(
            ring.session, "agreement.ended", agreement.id, happened_at=ring.due_at,
            written_at=ring.now, forum=agreement.forum,
        )  # fmt: skip
