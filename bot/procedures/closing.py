"""How a proposal closes, and what an answer from home changes afterwards (R4, R5, b.2)."""

from __future__ import annotations

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.agreements import STANDING, Stand, outcome, undecided_until, with_unread
from bot.domain.answer import Answer, InForum, PollEnd, Reply, Typed
from bot.domain.model import Agreement
from bot.domain.region import Region
from bot.domain.unread import waited_for_until
from bot.procedures import holding_up
from bot.procedures.agreements import listed, result, seat_facts, shown, standing, subject
from bot.store import agreements, deadlines, log

CLOSES = "agreement.closes"
ANCHORING = "agreement.anchoring"
REVIEW = "agreement.review"
ENDS = "agreement.ends"


def anchoring_subject(agreement: Agreement, function: str) -> str:
    """Write what an anchoring deadline is about."""
    return f"{agreement.id}:{function}"


async def close(
    session: AsyncSession,
    region: Region,
    agreement: Agreement,
    now: datetime,
    *,
    at_once: bool = False,
) -> list[Answer]:
    """Close the proposal: the outcome, its message, the poll's end, and what is to come.

    It stays open where nobody agrees yet and somebody is still asking at home; and, for a while,
    unless `at_once`, where a message has come that could not be read and may be an answer.
    """
    standing_ = await standing(session, region, agreement, now)
    unheard = await holding_up.unheard(session, agreement, standing_, now)
    wait = holding_up.until(unheard)
    if wait is not None and wait > now and not at_once:
        return await _held_up(session, region, agreement, standing_, unheard, now)
    support_only = region.forum(agreement.forum).support_only
    longer = undecided_until(standing_, support_only=support_only)
    if longer is not None and longer > now:
        agreement.closes_at = longer
        await deadlines.set_(session, CLOSES, agreement.id, longer)
        await _log(session, "agreement.kept_open", agreement, standing_, now)
        return _still_open(region, agreement, standing_)
    await agreements.mark_unread(session, agreement.id, unheard)
    standing_ = with_unread(standing_, unheard)
    agreement.state = str(outcome(standing_, support_only=support_only))
    agreement.closed_at = now
    await deadlines.drop(session, CLOSES, agreement.id)
    await _look_ahead(session, agreement)
    await _log(session, "agreement.closed", agreement, standing_, now)
    end = {"id": agreement.id, "state": str(agreement.state)}
    return [
        shown(region, agreement, standing_),
        result(region, agreement, standing_),
        PollEnd(subject(agreement), InForum(agreement.forum), "agreement/poll_end", end),
    ]


async def _held_up(  # noqa: PLR0913, PLR0917 - what is known of it, and who waits
    session: AsyncSession,
    region: Region,
    agreement: Agreement,
    standing_: tuple[Stand, ...],
    unheard: holding_up.Unheard,
    now: datetime,
) -> list[Answer]:
    """Let it wait, and say so once."""
    wait = max(map(waited_for_until, unheard.values()))
    status = shown(region, agreement, standing_)
    if await deadlines.waiting(session, CLOSES, agreement.id) == wait:
        return [status]
    await deadlines.set_(session, CLOSES, agreement.id, wait)
    await _log(session, "agreement.held_up", agreement, with_unread(standing_, unheard), now)
    return [status, holding_up.waiting(region, agreement, unheard, wait)]


def _still_open(region: Region, agreement: Agreement, standing_: tuple[Stand, ...]) -> list[Answer]:
    facts = {"id": agreement.id, **listed(region, agreement, standing_)}
    return [
        shown(region, agreement, standing_),
        Reply("agreement/open", facts, to=InForum(agreement.forum), subject=subject(agreement)),
    ]


async def settled(
    session: AsyncSession, region: Region, agreement: Agreement, stand: Stand, now: datetime
) -> list[Answer]:
    """Tell what a seat's answer from home, or its silence, changes in a closed agreement."""
    standing_ = await standing(session, region, agreement, now)
    forum = region.forum(agreement.forum)
    agreement.state = str(outcome(standing_, support_only=forum.support_only))
    await _log(session, "agreement.changed", agreement, standing_, now)
    among = [each.function for each in standing_]
    facts = {
        "id": agreement.id,
        "state": str(agreement.state),
        "seat": seat_facts(region, forum, stand.function, among),
        "choice": str(stand.choice) if stand.choice else None,
        "text": Typed(stand.text),
        "until": stand.until,
    }
    return [
        result(region, agreement, standing_),
        Reply("agreement/settled", facts, to=InForum(agreement.forum), subject=subject(agreement)),
    ]


async def _look_ahead(session: AsyncSession, agreement: Agreement) -> None:
    if agreement.state not in STANDING:
        return
    if agreement.review_at:
        await deadlines.set_(session, REVIEW, agreement.id, agreement.review_at)
    if agreement.valid_until:
        await deadlines.set_(session, ENDS, agreement.id, agreement.valid_until)


async def _log(
    session: AsyncSession,
    what: str,
    agreement: Agreement,
    standing_: tuple[Stand, ...],
    now: datetime,
) -> None:
    positions = {each.function: each.choice and str(each.choice) for each in standing_}
    unread = [each.function for each in standing_ if each.unread]
    await log.append(
        session, what, agreement.id, happened_at=now, written_at=now, forum=agreement.forum,
        facts={"state": str(agreement.state), "positions": positions}
        | ({"unread": unread} if unread else {}),
    )  # fmt: skip
