"""A carry-back on its way: making it, waiting for what is lacking, asking the next, the log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.calendar import local
from bot.domain.carrybacks import Destination, Times, destinations, is_own, part, receiver_of, times
from bot.domain.digests import Record
from bot.domain.frozen import freeze
from bot.domain.homecoming import Act, able, chain, wait_until
from bot.domain.model import CarryBack, CarryBackState, Holding, LogEntry
from bot.domain.region import Region
from bot.domain.summons import Link, Roster, by_function
from bot.store import counters, deadlines, holdings
from bot.store import log as log_

REMINDED, LEFT_OVER = "carry_back.reminded", "carry_back.left_over"
LISTED = "carry_back.listed"


async def roster(session: AsyncSession, now: datetime) -> Roster:
    """Give who holds each function now, by rank."""
    held: Sequence[Holding] = await holdings.in_force(session, now)
    return by_function(held)


async def send(
    session: AsyncSession, region: Region, record: Record, now: datetime
) -> list[CarryBack]:
    """Make every carry-back of a meeting; one that nobody can carry is left over at once."""
    there = await roster(session, now)
    by = times(region, record.meeting.mode, now, record.next_meeting)
    year = local(region, now).year
    rows = []
    for to in destinations(region, record):
        row = _made(await counters.next_id(session, "AF", year), region, record, to, by)
        first = next(iter(chain(region, row, Act.RECEIVE, there)), None)
        row.carrier = first.mxid if first else None
        row.state = CarryBackState.SENT if first else CarryBackState.LEFT_OVER
        row.sent_at = now
        rows.append(row)
    session.add_all(rows)
    for row in rows:
        await log(session, row, "carry_back.sent", now)
        await wait_for(session, row, Act.RECEIVE if row.carrier else None, now)
    unmanned = any(row.carrier is None for row in rows)
    first_list = now if unmanned else by.receive_by
    await deadlines.set_(session, "carry_back.list", record.meeting.id, first_list)
    return rows


def _made(id_: str, region: Region, record: Record, to: Destination, by: Times) -> CarryBack:
    """Make the row of one organisation, without its carrier."""
    facts = part(region, record, to)
    return CarryBack(
        id=id_,
        meeting=record.meeting.id,
        forum=record.meeting.forum,
        organisation=to.organisation,
        seat=to.seat,
        receiver=receiver_of(region, to.organisation, record.meeting.forum),
        own_part=is_own(facts),
        part=freeze(facts),
        receive_by=by.receive_by,
        carry_by=by.carry_by,
        confirm_by=by.confirm_by,
    )


async def wait_for(session: AsyncSession, row: CarryBack, act: Act | None, now: datetime) -> None:
    """Set the deadline of what is lacking now, and take the others away."""
    for each in Act:
        if each is not act:
            await deadlines.drop(session, f"carry_back.{each}", row.id)
    if act is not None:
        by = wait_until(row, act, now)
        await deadlines.set_(session, f"carry_back.{act}", row.id, by)


async def log(  # noqa: PLR0913 - an entry has as many parts
    session: AsyncSession,
    row: CarryBack,
    what: str,
    now: datetime,
    *,
    function: str | None = None,
    mxid: str | None = None,
    act: Act | None = None,
    proof: Mapping[str, Any] | str | None = None,
) -> None:
    """Write in the chained log what became of a carry-back; `proof` of what a person did."""
    proved = {"proof": proof} if proof else {}
    await log_.append(
        session, what, row.id,
        happened_at=now, written_at=now, forum=row.forum, function=function, mxid=mxid,
        facts={
            "meeting": row.meeting, "organisation": row.organisation, "receiver": row.receiver,
            "state": str(row.state), "how": row.carried_how, "act": str(act) if act else None,
            **proved,
        },
    )  # fmt: skip


async def attempts(session: AsyncSession, row: CarryBack, act: Act) -> list[LogEntry]:
    """List who has been reminded of what is lacking, the first first."""
    tried = select(LogEntry).where(LogEntry.subject == row.id, LogEntry.what == REMINDED)
    entries = await session.exec(tried.order_by(col(LogEntry.position)))
    return [entry for entry in entries if entry.facts.get("act") == act]


async def next_in_turn(
    session: AsyncSession, region: Region, row: CarryBack, act: Act, now: datetime
) -> Link | None:
    """Find the next who can do what is lacking and has not been asked; None when all have."""
    asked = {entry.mxid for entry in await attempts(session, row, act)}
    there = by_function(await holdings.of_each(session, able(region, row, act), now))
    links = chain(region, row, act, there)
    return next((link for link in links if link.mxid not in asked), None)


async def last_list(session: AsyncSession, meeting: str) -> dict[str, Any] | None:
    """Give what the chair's list of a meeting last said; None if there has been none."""
    listed = select(LogEntry).where(LogEntry.subject == meeting, LogEntry.what == LISTED)
    newest = listed.order_by(col(LogEntry.position).desc()).limit(1)
    entry = (await session.exec(newest)).first()
    return entry.facts if entry else None


async def left_over_since(session: AsyncSession, meeting: str, since: datetime) -> set[str]:
    """Give the ids of a meeting's carry-backs that were left over at that moment or later."""
    logged = select(LogEntry).where(LogEntry.what == LEFT_OVER, LogEntry.happened_at >= since)
    return {e.subject for e in await session.exec(logged) if e.facts.get("meeting") == meeting}
