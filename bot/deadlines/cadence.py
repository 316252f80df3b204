"""A forum's rhythm: its meetings call themselves, in time before they begin.

What has been dealt with is kept as a moment by forum, so that a meeting is called once whatever
happens in between. One whose time passed while nobody was there is skipped, and the log says so.
"""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.asking import Ring, deadline
from bot.domain.answer import Answer
from bot.domain.calendar import NeverFalls, Occurrence, local, next_occurrence
from bot.domain.region import Cadence, Forum, Mode, Region
from bot.domain.summons import call_before, ends_at
from bot.procedures.summoning import Wanted, summon
from bot.store import deadlines, kept, meetings
from bot.store import log as chained

log = structlog.get_logger()

KIND = "cadence"


async def arm_cadences(session: AsyncSession, region: Region, now: datetime) -> None:
    """Set every forum's next call, at start-up. The same again changes nothing.

    A forum without a cadence, or whose end has come, loses what was set for it.
    """
    for forum in region.forums.values():
        if await kept.get(session, _key(forum)) is None:
            await _deal_with(session, forum, now)
        await _arm(session, region, forum, now)


@deadline(KIND, arm=arm_cadences)
async def call(ring: Ring) -> list[Answer]:
    """Call the meeting whose time to be called has come, and set the call after it."""
    forum = ring.region.forums.get(ring.subject)
    if forum is None:
        return []
    answers: list[Answer] = []
    due = await _next(ring.session, ring.region, forum, ring.now)
    while due is not None and _called_at(ring.region, forum, due) <= ring.now:
        await _deal_with(ring.session, forum, due.starts)
        if due.starts > ring.now:
            answers.extend(await _call(ring, forum, due))
        else:
            await _skip(ring, forum, due)
        due = await _next(ring.session, ring.region, forum, ring.now)
    await _arm(ring.session, ring.region, forum, ring.now)
    return answers


async def _call(ring: Ring, forum: Forum, due: Occurrence) -> list[Answer]:
    """Call the meeting, unless somebody has called one for that very time already."""
    planned = await meetings.called_at(ring.session, forum.code, due.starts)
    if planned is not None:
        return []
    ends = due.ends if due.ends > due.starts else ends_at(ring.region, forum, due.starts)
    wanted = Wanted(forum, due.starts, ends, forum.purpose, moved_from=due.moved_from)
    _, answers = await summon(ring, wanted)
    return answers


async def _skip(ring: Ring, forum: Forum, due: Occurrence) -> None:
    """Note that a meeting went by uncalled: it began before the bot was there again."""
    log.warning("meeting.skipped", forum=forum.code, starts_at=due.starts.isoformat())
    await chained.append(
        ring.session, "meeting.skipped", f"forum:{forum.code}", happened_at=due.starts,
        written_at=ring.now, forum=forum.code, facts={"starts_at": due.starts.isoformat()},
    )  # fmt: skip


async def _arm(session: AsyncSession, region: Region, forum: Forum, now: datetime) -> None:
    due = await _next(session, region, forum, now)
    if due is None:
        await deadlines.drop(session, KIND, forum.code)
    else:
        await deadlines.set_(session, KIND, forum.code, max(_called_at(region, forum, due), now))


async def _next(
    session: AsyncSession, region: Region, forum: Forum, now: datetime
) -> Occurrence | None:
    """Give the first meeting that has not been dealt with; None when there is none to come."""
    cadence = _cadence(forum)
    done = await kept.get(session, _key(forum))
    if cadence is None:
        return None
    try:
        due = next_occurrence(region, cadence, datetime.fromisoformat(done) if done else now)
    except NeverFalls:
        return None
    ended = forum.temporary and local(region, due.starts).date() > forum.temporary.ends
    return None if ended else due


async def _deal_with(session: AsyncSession, forum: Forum, until: datetime) -> None:
    """Keep that all meetings up to that moment have been called or skipped."""
    await kept.put(session, _key(forum), until.isoformat())


def _called_at(region: Region, forum: Forum, due: Occurrence) -> datetime:
    cadence = _cadence(forum)
    assert cadence is not None  # noqa: S101 - what is due comes from it
    return due.starts - call_before(region, cadence, due.starts)


def _cadence(forum: Forum) -> Cadence | None:
    return forum.cadence.get(Mode.ORDINARY)


def _key(forum: Forum) -> str:
    return f"cadence:{forum.code}"
