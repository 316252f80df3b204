"""How a position is taken down: inside the seat's mandate, by whoever holds it now (R6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.asking.ask import Ask
from bot.domain import mandates
from bot.domain.agreements import (
    AGREEING,
    Stand,
    complete,
    counting,
    overtaken,
    put_in,
    remind_at,
    stand,
)
from bot.domain.answer import Answer, Direct, InForum, Reply, Typed
from bot.domain.calendar import local
from bot.domain.concerned import seat_asked
from bot.domain.limits import due
from bot.domain.model import Agreement, AgreementState, Choice, Position
from bot.domain.spoken import LAST_RANK, Spoken, spoken_of
from bot.procedures.agreements import backer, mode_of, seat_facts, shown, standing, subject
from bot.procedures.closing import ANCHORING, anchoring_subject, close, settled
from bot.store import agreements, deadlines, log, meetings


@dataclass(frozen=True)
class Given:
    """What somebody answers for a seat.

    `anchored_by` is the function at home that backs it. `in_full`: it was typed with verb and id,
    so that it is no slip of a finger.
    """

    choice: Choice
    text: str = ""
    until: datetime | None = None
    anchored_by: str | None = None
    in_full: bool = False
    spoken: Spoken | None = None
    """Who says so for a seat that cannot, where it is not its own answer."""


async def take_down(ask: Ask, agreement: Agreement, function: str, given: Given) -> list[Answer]:
    """Take the answer down, tell who needs to know, and close when nothing more is waited for."""
    ledger = await agreements.positions(ask.session, agreement.id)
    before = stand(function, ledger, ask.now)
    if agreement.state != AgreementState.PROPOSED and not before.anchoring:
        return [await _late(ask, agreement, function, given)]
    may = _may_agree(ask, agreement, function)
    backed = not may and _is_backed(ask, agreement, function, given, before)
    inside = may or backed or given.choice not in AGREEING | {Choice.ANCHOR}
    choice = given.choice if inside else Choice.ANCHOR
    position = await _position(ask, agreement, function, given, choice)
    position.given_at = given_at(ask, ledger)
    own = [each for each in ledger if each.function == function]
    counts = counting(put_in(own, position)) is position
    await agreements.add_position(ask.session, position)
    await _log(ask, agreement, position, given, counts=counts)
    if overtaken(own, position):
        return [answered_since(ask, agreement, position)]
    told = _told(ask, agreement, position, inside=inside, counts=counts)
    answers: list[Answer] = [told] if told else []
    if not counts:
        return answers
    if backed:
        answers.append(_anchored(ask, agreement, function, given))
    return answers + await course(ask, agreement, function)


def given_at(ask: Ask, ledger: Sequence[Position]) -> datetime:
    """Say when an answer is given: when it came, and never before what came before it."""
    if ask.heard_at:
        return ask.came_at
    return max([ask.now, *(each.given_at for each in ledger)])


def _mandates(ask: Ask, agreement: Agreement, function: str) -> frozenset[str]:
    seat = seat_asked(ask.region, ask.region.forum(agreement.forum), function)
    today = local(ask.region, ask.now).date()
    return mandates.in_force(ask.region, seat.mandate, today) if seat else frozenset()


def _may_agree(ask: Ask, agreement: Agreement, function: str) -> bool:
    forum = ask.region.forum(agreement.forum)
    seat = seat_asked(ask.region, forum, function)
    today = local(ask.region, ask.now).date()
    return seat is not None and mandates.may_agree(
        ask.region, forum, seat.mandate, agreement.kind, today
    )


def _is_backed(ask: Ask, agreement: Agreement, function: str, given: Given, before: Stand) -> bool:
    """Tell whether a seat outside its mandate says what somebody at home agrees to.

    It does when it names who; or when it had to ask at home, answers in full, and is trusted
    with more than to inform (b.2: a position that must be anchored comes back).
    """
    if given.choice not in AGREEING:
        return False
    more = _mandates(ask, agreement, function) - {mandates.lowest(ask.region)}
    return bool(given.anchored_by) or (before.anchoring and given.in_full and bool(more))


async def _position(
    ask: Ask, agreement: Agreement, function: str, given: Given, choice: Choice
) -> Position:
    until = None
    if choice is Choice.ANCHOR:
        until = given.until or await _anchor_limit(ask, agreement)
    ranks = [held.rank for held in ask.holdings if held.function == function]
    said = given.spoken
    return Position(
        agreement=agreement.id, function=function, choice=str(choice), text=str(given.text),
        mxid=ask.mxid, rank=LAST_RANK if said else min(ranks),
        given_at=ask.now, anchored_until=until,
        event_id=ask.event_id, said_by=said.by if said else None,
        said_how=said.how if said else "", read_back=bool(said and said.read_back),
    )  # fmt: skip


async def _anchor_limit(ask: Ask, agreement: Agreement) -> datetime:
    """Give when an anchoring seat must be back: the law's limit (T11), or the closing if later."""
    forum = ask.region.forum(agreement.forum)
    meeting = await meetings.open_in(ask.session, forum.code)
    limit = ask.region.limits[mode_of(forum, meeting)]["anchor"]
    out = due(limit, ask.now, ask.region, next_meeting=None)
    return max(out, agreement.closes_at) if agreement.state == AgreementState.PROPOSED else out


async def course(ask: Ask, agreement: Agreement, function: str) -> list[Answer]:
    """Let what the seat now says, or no longer says, have its effect."""
    standing_ = await standing(ask.session, ask.region, agreement, ask.now)
    own = next(each for each in standing_ if each.function == function)
    about = anchoring_subject(agreement, function)
    if own.until:
        await deadlines.set_(ask.session, ANCHORING, about, remind_at(ask.now, own.until))
    else:
        await deadlines.drop(ask.session, ANCHORING, about)
    if agreement.state != AgreementState.PROPOSED:
        return await settled(ask.session, ask.region, agreement, own, ask.now)
    if complete(standing_):
        return await close(ask.session, ask.region, agreement, ask.now)
    return [shown(ask.region, agreement, standing_)]


def _told(
    ask: Ask, agreement: Agreement, position: Position, *, inside: bool, counts: bool
) -> Reply | None:
    """Say to the one who answered what must be said; the room sees the rest in the proposal."""
    facts = _facts(ask, agreement, position)
    about = subject(agreement)
    if not counts:
        return Reply("position/gives_way", facts, to=Direct(ask.mxid), subject=about)
    if not inside:
        return Reply("position/outside", facts, subject=about)
    if position.choice == Choice.RESERVATION and not position.text:
        return Reply("position/wording", facts, to=Direct(ask.mxid), subject=about)
    elsewhere = ask.place != InForum(agreement.forum)
    return Reply("position/noted", facts, subject=about) if elsewhere else None


def answered_since(ask: Ask, agreement: Agreement, position: Position) -> Reply:
    """Say that what could not be read or believed at first has been answered anew since."""
    facts = {
        "id": agreement.id, "choice": position.choice, "heard": ask.heard_at,
        "seat": seat_facts(ask.region, ask.region.forum(agreement.forum), position.function),
        "digit": next((n for n, it in enumerate(Choice, 1) if it == position.choice), 0),
    }  # fmt: skip
    return Reply("position/overtaken", facts, to=Direct(ask.mxid), subject=subject(agreement))


def _anchored(ask: Ask, agreement: Agreement, function: str, given: Given) -> Reply:
    """Tell the forum that the answer is from home, and who brought it."""
    seat = seat_facts(ask.region, ask.region.forum(agreement.forum), function)
    facts = {"id": agreement.id, "seat": seat, "by": given.anchored_by}
    about = subject(agreement)
    return Reply("position/anchored", facts, to=InForum(agreement.forum), subject=about)


def _facts(ask: Ask, agreement: Agreement, position: Position) -> dict[str, Any]:
    region, forum = ask.region, ask.region.forum(agreement.forum)
    held = _mandates(ask, agreement, position.function)
    return {
        "id": agreement.id,
        "seat": {
            **seat_facts(region, forum, position.function),
            "spoken": spoken_of(position.said_by, position.said_how, read_back=position.read_back),
        },
        "choice": str(position.choice),
        "text": Typed(position.text),
        "until": position.anchored_until,
        "mandates": sorted(held, key=lambda kind: region.mandate_kinds[kind].rank),
        "backer": backer(region, forum, position.function),
    }


async def _late(ask: Ask, agreement: Agreement, function: str, given: Given) -> Reply:
    await log.append(
        ask.session, "position.late", agreement.id,
        happened_at=ask.now, written_at=ask.now, forum=agreement.forum, function=function,
        mxid=ask.mxid,
        facts={"choice": str(given.choice), "text": str(given.text), "proof": ask.origin},
    )  # fmt: skip
    facts = {"id": agreement.id, "closed": agreement.closed_at, "choice": str(given.choice)}
    return Reply("position/late", facts, to=Direct(ask.mxid))


async def _log(
    ask: Ask, agreement: Agreement, position: Position, given: Given, *, counts: bool
) -> None:
    await log.append(
        ask.session, "position.given", agreement.id,
        happened_at=position.given_at, written_at=ask.now, forum=agreement.forum,
        function=position.function, mxid=ask.mxid,
        facts={
            "choice": str(position.choice), "said": str(given.choice), "text": position.text,
            "rank": position.rank, "counts": counts, "anchored_by": given.anchored_by,
            "proof": ask.origin, **_said(position),
        },
    )  # fmt: skip


def _said(position: Position) -> dict[str, Any]:
    """Tell who says so for the seat, where it is not its own answer."""
    if not position.said_by:
        return {}
    return {"said_by": position.said_by, "how": position.said_how, "read_back": position.read_back}
