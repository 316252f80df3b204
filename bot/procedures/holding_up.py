"""What could not be read holds a proposal up, for a while: it may be the answer (R4).

It counts as neither silence nor a yes. The proposal waits for as long as its writer has had time to
send it again; after that it closes, and the outcome names whose message nobody could read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.agreements import Stand, given
from bot.domain.answer import InForum, Reply
from bot.domain.model import Agreement, Unread
from bot.domain.region import Region
from bot.domain.unread import waited_for_until
from bot.procedures.agreements import seat_facts, subject
from bot.store import agreements, holdings, letters, rooms, unread

Unheard = Mapping[str, datetime]
"""When the last message that could not be read came from a seat, by its function."""


async def unheard(
    session: AsyncSession, agreement: Agreement, standing: Iterable[Stand], now: datetime
) -> Unheard:
    """Find the seats that may have answered in a message that could not be read, in time."""
    rows = await unread.between(session, agreement.proposed_at, agreement.closes_at)
    if not rows:
        return {}
    stands = {each.function: each for each in standing}
    about = await letters.subjects_of(session, [row.about for row in rows if row.about])
    answered = await _answered(session, agreement)
    held = await holdings.held_by_each(session, {row.sender for row in rows}, now)
    found: dict[str, datetime] = {}
    for row in rows:
        to = about.get(row.about or "")
        if to not in {None, subject(agreement)} or not await _is_here(session, agreement, row):
            continue
        for function in {holding.function for holding in held.get(row.sender, ())} & stands.keys():
            silent = stands[function].choice is None
            changes = to is not None and answered.get(function, row.heard_at) <= row.heard_at
            if silent or changes:
                found[function] = max(row.heard_at, found.get(function, row.heard_at))
    return found


async def _answered(session: AsyncSession, agreement: Agreement) -> dict[str, datetime]:
    """Tell when each seat has last answered."""
    ledger = await agreements.positions(session, agreement.id)
    return {each.function: each.given_at for each in given(ledger)}


async def _is_here(session: AsyncSession, agreement: Agreement, row: Unread) -> bool:
    """Tell whether it came where the proposal can be answered."""
    key = await rooms.key_of(session, row.room_id)
    return key in {f"forum:{agreement.forum}", f"direct:{row.sender}"}


def until(unheard: Unheard) -> datetime | None:
    """Tell until when what could not be read is waited for; None if nothing is."""
    return max(map(waited_for_until, unheard.values()), default=None)


def waiting(region: Region, agreement: Agreement, unheard: Unheard, until: datetime) -> Reply:
    """Say in the forum what is waited for, from whom, and until when."""
    forum = region.forum(agreement.forum)
    facts: dict[str, Any] = {
        "id": agreement.id,
        "seats": [seat_facts(region, forum, each, unheard) for each in unheard],
        "until": until,
    }
    return Reply(
        "agreement/held_up", facts, to=InForum(agreement.forum), subject=subject(agreement),
        object=f"held_up:{agreement.id}",
    )  # fmt: skip
