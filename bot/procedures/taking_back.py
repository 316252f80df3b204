"""What somebody removes: the answer it gave is taken back with it, while that may still be."""

from __future__ import annotations

from collections.abc import Sequence

from bot.asking.ask import Ask
from bot.domain.answer import Answer, Direct, Reply
from bot.domain.model import Answered
from bot.procedures import blanks, former, forms, unanswering, uncarrying, unsaying
from bot.store import agreements, answered, summonses


async def taken_back(ask: Ask, event_id: str) -> list[Answer]:
    """Take back what an event answered; nothing, if it was no answer."""
    position = await agreements.position_of(ask.session, event_id)
    if position is not None:
        late = await former.stands(ask, position.agreement, [position.function], position.given_at)
        return late or await blanks.removed(ask, position)
    rows = await answered.by(ask.session, event_id)
    if not rows:
        return await forms.gone(ask)
    kind = rows[0].about.partition(":")[0]
    if kind == "call":
        return await _from_calls(ask, rows)
    if kind == "spoken":
        return await unsaying.removed(ask, rows)
    return _approved(ask, rows[0]) if kind == "approved" else await uncarrying.removed(ask, rows[0])


async def _from_calls(ask: Ask, rows: Sequence[Answered]) -> list[Answer]:
    """Take it back for the seats that are theirs still; for those handed over it stands."""
    told: list[Answer] = []
    theirs: list[Answered] = []
    for row in rows:
        call = await summonses.call(ask.session, int(row.about.partition(":")[2]))
        late: list[Answer] = []
        if call:
            seat = (call.function, *call.functions)
            late = await former.stands(ask, call.summons, seat, row.given_at)
        told += late
        theirs += [] if late else [row]
    return [*told, *(await unanswering.removed(ask, theirs) if theirs else [])]


def _approved(ask: Ask, row: Answered) -> list[Answer]:
    """Say that what is published stays published."""
    facts = {"meeting": row.about.partition(":")[2]}
    return [Reply("digest/stands", facts, to=Direct(row.mxid))] if ask.mxid == row.mxid else []
