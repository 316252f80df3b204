"""What somebody answered for an organisation, taken back: it is asked on as if it were not said."""

from __future__ import annotations

from collections.abc import Sequence

from bot.asking.ask import Ask
from bot.domain.answer import Answer, Direct, Reply
from bot.domain.calling import SeatCall
from bot.domain.model import Answered
from bot.procedures.roll import Roll, read, roster_now, status, write
from bot.procedures.speaking_for import whose
from bot.procedures.turns import asked_again, asks, needed_again
from bot.procedures.ways import also
from bot.store import answered, log, summonses


async def removed(ask: Ask, rows: Sequence[Answered]) -> list[Answer]:
    """Take back what their own message said for others, unless more has been said since.

    What somebody else removed stands, and so does all of it once the meeting is over.
    """
    roll = await _roll(ask, rows[0])
    if roll is None or ask.mxid != rows[0].mxid:
        return []
    if roll.over:
        return [Reply("summons/stands", {"id": roll.summons.id}, to=Direct(ask.mxid))]
    seats = [each for row in rows if (each := await _last_said(ask, roll, row))]
    if not seats:
        return []
    turns = [(each, step) for each in seats if (step := each.unsay(ask.now))]
    await write(ask, roll)
    for each in seats:
        await _note(ask, roll, each)
    others = await also(ask, roll, turns)
    again = asked_again(roll, seats, ask.mxid)
    needed = needed_again(roll, [it for it in seats if not it.reached], turns, ask.mxid)
    told = await _told(ask, roll, seats)
    asked = [*asks(ask.region, roll, turns), *others, *again, *needed]
    return [*asked, status(ask.region, roll), *told]


async def _roll(ask: Ask, row: Answered) -> Roll | None:
    call = await summonses.call(ask.session, int(row.about.partition(":")[2]))
    made = await summonses.by_id(ask.session, call.summons) if call else None
    return await read(ask, made, await roster_now(ask)) if made else None


async def _last_said(ask: Ask, roll: Roll, row: Answered) -> SeatCall | None:
    """Take a row back; give its seat where nothing else has been said for it, or by it, since."""
    last = await answered.latest(ask.session, row.about)
    row.taken_back_at = ask.now
    seats = (each for each in roll.seats if f"spoken:{each.call.id}" == row.about)
    seat = next(seats, None)
    return seat if seat and seat.call.said_by and last and last.id == row.id else None


async def _told(ask: Ask, roll: Roll, seats: Sequence[SeatCall]) -> list[Answer]:
    """Tell who said it, and those for whom it was said."""
    about = f"summons:{roll.summons.id}"
    found: list[Answer] = []
    for each in seats:
        facts = {"id": roll.summons.id, "function": each.seat.function, "own": True}
        found.append(Reply("spoken/taken_back", facts, to=Direct(ask.mxid), subject=about))
        if mxid := await whose(ask, each.seat.function):
            theirs = facts | {"own": False}
            found.append(
                Reply(
                    "spoken/taken_back", theirs, to=Direct(mxid), mention=(mxid,), call=True,
                    subject=about,
                )
            )  # fmt: skip
    return found


async def _note(ask: Ask, roll: Roll, each: SeatCall) -> None:
    await log.append(
        ask.session, "call.taken_back", roll.summons.id, happened_at=ask.now, written_at=ask.now,
        forum=roll.forum.code, mxid=ask.mxid,
        facts={"seat": each.seat.function, "proof": ask.origin},
    )  # fmt: skip
