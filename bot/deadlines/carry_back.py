"""A carry-back that does not come home: remind, ask the next, and at last tell the chair."""

from __future__ import annotations

from typing import Any

from bot.asking import Ring, deadline
from bot.domain.answer import Direct, Reply
from bot.domain.frozen import freeze
from bot.domain.homecoming import Act, facts, lacking, note, receipt, step, summary
from bot.domain.model import CarryBack, CarryBackState, Meeting
from bot.domain.summons import Link
from bot.store import carrybacks, carrying, deadlines, meetings
from bot.store import log as log_


@deadline("carry_back.receive")
async def unreceived(ring: Ring) -> list[Reply]:
    """Remind the carrier who has not received it, then ask the deputy, then the contact point."""
    return await _late(ring, Act.RECEIVE)


@deadline("carry_back.carry")
async def uncarried(ring: Ring) -> list[Reply]:
    """Remind of what has not been carried home, and ask the next in the same turn."""
    return await _late(ring, Act.CARRY)


@deadline("carry_back.confirm")
async def unconfirmed(ring: Ring) -> list[Reply]:
    """Remind the receiver at home who has not confirmed it, then ask the deputy."""
    return await _late(ring, Act.CONFIRM)


@deadline("carry_back.list")
async def listed(ring: Ring) -> Reply | None:
    """Give the chair the list of how far home a meeting has come; the same message, edited."""
    meeting, rows, to = await _meeting(ring)
    if meeting is None or to is None or not rows:
        return None
    if rows[0].receive_by > ring.now:
        await deadlines.set_(ring.session, "carry_back.list", meeting.id, rows[0].receive_by)
    facts_ = _facts(meeting, rows, ring)
    if freeze(facts_) == await carrying.last_list(ring.session, meeting.id):
        return None
    await log_.append(
        ring.session, carrying.LISTED, meeting.id,
        happened_at=ring.now, written_at=ring.now, forum=meeting.forum, mxid=to,
        facts=freeze(facts_),
    )  # fmt: skip
    return Reply(
        "carry_back/list",
        facts_,
        to=Direct(to),
        subject=f"meeting:{meeting.id}",
        object=f"home:{meeting.id}",
    )


@deadline("carry_back.left_over")
async def left_over(ring: Ring) -> Reply | None:
    """Tell the chair, in a new message, what nobody brings home: a person must act now.

    What has no part of its own only stands in the list.
    """
    meeting, rows, to = await _meeting(ring)
    new = await carrying.left_over_since(ring.session, ring.subject, ring.due_at)
    left = [row for row in rows if row.id in new and row.own_part and lacking(row)]
    if meeting is None or to is None or not left:
        return None
    items = [await _left(ring, row) for row in left]
    return Reply(
        "carry_back/left_over",
        {
            "meeting": meeting.id,
            "incident": meeting.incident,
            "forum": meeting.forum,
            "left": items,
        },
        to=Direct(to),
        mention=(to,),
        subject=f"meeting:{meeting.id}",
        call=True,
    )


async def _late(ring: Ring, act: Act) -> list[Reply]:
    row = await carrybacks.by_id(ring.session, ring.subject)
    if row is None or lacking(row) is not act:
        return []
    await deadlines.set_(ring.session, "carry_back.list", row.meeting, ring.now)
    link = await carrying.next_in_turn(ring.session, ring.region, row, act, ring.now)
    if link is None:
        return await _give_up(ring, row)
    await carrying.log(
        ring.session, row, carrying.REMINDED, ring.now,
        function=link.function, mxid=link.mxid, act=act,
    )  # fmt: skip
    await deadlines.set_(ring.session, f"carry_back.{act}", row.id, ring.now + step(row))
    return [_asked(row, act, link)]


def _asked(row: CarryBack, act: Act, link: Link) -> Reply:
    """Remind the one whose turn it is, or hand the note on to the next."""
    before = row.receiver_mxid if act is Act.CONFIRM else row.carrier
    if link.mxid == before:
        return _reminder(row, act, link)
    if act is Act.CONFIRM:
        row.receiver_mxid = link.mxid
        return receipt(row)
    row.carrier = link.mxid
    return note(row, link)


def _reminder(row: CarryBack, act: Act, link: Link) -> Reply:
    kind = "receipt" if act is Act.CONFIRM else "carry_back"
    return Reply(
        "carry_back/remind",
        {**facts(row), "act": str(act), "as_function": link.function, "deputy": link.rank > 1},
        to=Direct(link.mxid),
        mention=(link.mxid,),
        subject=f"{kind}:{row.id}",
        tap=None if act is Act.CARRY else "✅",
        call=True,
    )


async def _give_up(ring: Ring, row: CarryBack) -> list[Reply]:
    row.state = CarryBackState.LEFT_OVER
    await carrying.log(ring.session, row, carrying.LEFT_OVER, ring.now)
    await deadlines.set_(ring.session, "carry_back.left_over", row.meeting, ring.now)
    return []


async def _meeting(ring: Ring) -> tuple[Meeting | None, list[CarryBack], str | None]:
    """Find the meeting, its carry-backs, and whom to tell: the chair, or who leads instead."""
    meeting = await meetings.by_id(ring.session, ring.subject)
    if meeting is None or meeting.forum not in ring.region.forums:
        return None, [], None
    there = await carrying.roster(ring.session, ring.now)
    lead = ring.region.forum(meeting.forum).lead
    to = next((held.mxid for code in lead for held in there.get(code, ())), None)
    return meeting, await carrybacks.of_meeting(ring.session, meeting.id), to


def _facts(meeting: Meeting, rows: list[CarryBack], ring: Ring) -> dict[str, Any]:
    return {
        "meeting": meeting.id,
        "incident": meeting.incident,
        "forum": meeting.forum,
        "held_at": meeting.starts_at,
        **summary(rows, ring.now),
    }


async def _left(ring: Ring, row: CarryBack) -> dict[str, Any]:
    act = lacking(row) or Act.RECEIVE
    tried = await carrying.attempts(ring.session, row, act)
    return {
        "id": row.id,
        "organisation": row.organisation,
        "seat": row.seat,
        "receiver": row.receiver,
        "act": str(act),
        "tried": [{"function": each.function, "at": each.happened_at} for each in tried],
    }
