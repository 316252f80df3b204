"""A seat's position taken back: its message removed, its ballot emptied, or spoiled (MSC3381).

The ledger loses nothing: what is taken back is a row of its own, and the last that counts decides.
"""

from __future__ import annotations

from typing import Any

from bot.asking.ask import Ask
from bot.domain.agreements import given, overtaken, put_in, stand
from bot.domain.answer import Answer, Direct, InForum, Reply
from bot.domain.model import Agreement, AgreementState, Blank, Position
from bot.procedures.agreements import seat_facts, subject
from bot.procedures.positions import answered_since, course, given_at
from bot.store import agreements, log


async def leave_blank(
    ask: Ask, agreement: Agreement, seat: str | None, blank: Blank
) -> list[Answer]:
    """Take down that the person has no position any more, for that seat or all of theirs."""
    asked = await agreements.concerned(ask.session, agreement.id)
    theirs = [code for code in ([seat] if seat else ask.functions) if code in asked]
    theirs = [code for code in theirs if code in ask.functions]
    if not theirs:
        return [Reply("position/not_asked", {"id": agreement.id}, to=Direct(ask.mxid))]
    own = await _own(ask, agreement)
    if blank is Blank.TAKEN_BACK:
        theirs = [code for code in theirs if code in own]
    answers: list[Answer] = []
    for function in theirs:
        answers += await _leave_blank(ask, agreement, function, own.get(function), blank)
    if not theirs and not ask.tapped:
        answers.append(Reply("position/none_given", {"id": agreement.id}))
    return answers


async def removed(ask: Ask, position: Position) -> list[Answer]:
    """Deal with it that the message, reaction or vote which gave a position was removed.

    Only who gave it takes it back, and only for a seat they still hold: a moderator tidies the
    room and has no say in what a seat has answered (docs/decisions/0008).
    """
    agreement = await agreements.by_id(ask.session, position.agreement)
    ledger = await agreements.positions(ask.session, position.agreement)
    if agreement is None or any(each.takes_back == position.event_id for each in ledger):
        return []
    if ask.mxid != position.mxid:
        return await _by_another(ask, agreement, position, ledger)
    if agreement.state != AgreementState.PROPOSED or position.function not in ask.functions:
        return [await _stands(ask, agreement, position)]
    row = _row(ask, position.agreement, position.function, position.rank, Blank.TAKEN_BACK)
    row.takes_back = position.event_id
    was = None if position.choice in set(Blank) else position.choice
    return await _keep(ask, agreement, row, {"how": "removed", "was": was})


async def _own(ask: Ask, agreement: Agreement) -> dict[str, Position]:
    """Give the person's own last position for each seat."""
    ledger = given(await agreements.positions(ask.session, agreement.id))
    return {each.function: each for each in ledger if each.mxid == ask.mxid}


async def _leave_blank(
    ask: Ask, agreement: Agreement, function: str, own: Position | None, blank: Blank
) -> list[Answer]:
    if agreement.state != AgreementState.PROPOSED:
        return [await _stands(ask, agreement, own)] if own else []
    was = own.choice if own else None
    rank = min(held.rank for held in ask.holdings if held.function == function)
    row = _row(ask, agreement.id, function, rank, blank)
    return await _keep(ask, agreement, row, {"how": str(blank), "was": was})


def _row(ask: Ask, agreement: str, function: str, rank: int, blank: Blank) -> Position:
    return Position(
        agreement=agreement, function=function, choice=str(blank), mxid=ask.mxid,
        rank=rank, given_at=ask.now, event_id=ask.event_id,
    )  # fmt: skip


async def _keep(ask: Ask, agreement: Agreement, row: Position, how: dict[str, Any]) -> list[Answer]:
    """Write the row last in the ledger, tell the person what stands now, and let it take effect."""
    ledger = await agreements.positions(ask.session, agreement.id)
    before = stand(row.function, ledger, ask.now)
    row.given_at = given_at(ask, ledger)
    await agreements.add_position(ask.session, row)
    after = stand(row.function, put_in(ledger, row), ask.now)
    await _log(ask, agreement, row, f"position.{row.choice}", how)
    if overtaken(ledger, row):
        return [answered_since(ask, agreement, row)]
    stands = str(after.choice) if after.choice else None
    facts = {**_facts(ask, agreement, row), **how, "stands": stands}
    typed = how["how"] == Blank.TAKEN_BACK and not ask.tapped
    to = None if typed else Direct(ask.mxid)
    told: list[Answer] = [Reply("position/taken_back", facts, to=to, subject=subject(agreement))]
    return told if before == after else told + await course(ask, agreement, row.function)


async def _stands(ask: Ask, agreement: Agreement, position: Position) -> Reply:
    """Say that it is too late, or no longer theirs, to take back."""
    await _log(ask, agreement, position, "position.kept", {"choice": position.choice})
    facts = _facts(ask, agreement, position) | {
        "choice": position.choice,
        "closed": agreement.closed_at,
    }
    return Reply("position/stands", facts, to=Direct(ask.mxid), subject=subject(agreement))


async def _by_another(
    ask: Ask, agreement: Agreement, position: Position, ledger: list[Position]
) -> list[Answer]:
    """Say in the room that the answer stands though nobody can read it there any more."""
    await _log(ask, agreement, position, "position.hidden", {"choice": position.choice})
    whose = (position.mxid, position.function)
    last = [each for each in given(ledger) if (each.mxid, each.function) == whose][-1:]
    if agreement.state != AgreementState.PROPOSED or position not in last:
        return []
    facts = _facts(ask, agreement, position) | {"choice": position.choice}
    to = InForum(agreement.forum)
    who = (position.mxid,)
    return [Reply("position/hidden", facts, to=to, mention=who, subject=subject(agreement))]


def _facts(ask: Ask, agreement: Agreement, position: Position) -> dict[str, Any]:
    forum = ask.region.forum(agreement.forum)
    return {"id": agreement.id, "seat": seat_facts(ask.region, forum, position.function)}


async def _log(
    ask: Ask, agreement: Agreement, position: Position, what: str, facts: dict[str, Any]
) -> None:
    await log.append(
        ask.session, what, agreement.id, happened_at=ask.now, written_at=ask.now,
        forum=agreement.forum, function=position.function, mxid=ask.mxid,
        facts={**facts, "proof": ask.origin},
    )  # fmt: skip
