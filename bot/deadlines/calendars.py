"""A function's calendar is to be read again; or it was read, or was not, and that is said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from bot.asking import Ring, deadline
from bot.domain.answer import Direct, Facts, Operators, Reply, Typed
from bot.domain.manning import Overlap, known_until, overlaps
from bot.domain.model import Feed
from bot.store import feeds, holdings, log

AHEAD = timedelta(days=14)
SHORT = timedelta(hours=1)
"""A handover takes some time, and when clocks change an hour comes twice: that is not told."""


@deadline(feeds.DUE)
async def due(ring: Ring) -> None:
    """Have the calendar read; it is fetched after the ring, by itself. The subject is its name."""
    feed = await feeds.get(ring.session, ring.subject)
    if feed is not None:
        await feeds.want(ring.session, feed, ring.now)


@deadline(feeds.TOLD)
async def told(ring: Ring) -> list[Reply]:
    """Say what came of the reading to those who can mend it: once for each fault, and when well.

    The subject is the calendar's name.
    """
    feed = await feeds.get(ring.session, ring.subject)
    if feed is None:
        return []
    if feed.fault is not None:
        return await _unread(ring, feed, feed.fault)
    replies: list[Reply] = []
    if feed.faulty_since is not None:
        facts = {"function": feed.function, "since": feed.faulty_since}
        feed.faulty_since = None
        await _log(ring, feed, "calendar.read_again")
        replies = await _to_who_can_mend(ring, feed, "roster/read_again", facts)
    return [*replies, *await _shared(ring, feed)]


async def _unread(ring: Ring, feed: Feed, fault: dict[str, str]) -> list[Reply]:
    """Say why the calendar changed nothing, and how far what is known reaches."""
    await _log(ring, feed, "calendar.unread", why=fault["why"])
    periods = await holdings.of(ring.session, feed.function)
    facts = {
        "function": feed.function,
        "why": fault["why"],
        "event": Typed(fault["event"]),
        "detail": Typed(fault["detail"]),
        "minutes": feed.minutes,
        "known_until": known_until(periods, feed.function),
        "manned": any(held.rank == 1 for held in periods),
    }
    return await _to_who_can_mend(ring, feed, "roster/unread", facts)


async def _shared(ring: Ring, feed: Feed) -> list[Reply]:
    """Say where two have the same place for longer than a handover takes; the same once."""
    periods = await holdings.of(ring.session, feed.function)
    names = {held.mxid: Typed(held.name) for held in periods}
    doubled = overlaps(periods, [], ring.now, ring.now + AHEAD)
    found = {_mark(each): each for each in doubled if each.ends - each.starts > SHORT}
    told_before = feed.shared.split("\n")
    new = [each for mark, each in found.items() if mark not in told_before]
    feed.shared = "\n".join(found)
    if not new:
        return []
    facts = {"function": feed.function, "times": [_shown(each, names) for each in new]}
    return await _to_who_can_mend(ring, feed, "roster/shared", facts)


def _mark(shared: Overlap) -> str:
    """Tell one overlap from others, however much of it is past."""
    return f"{shared.rank} {shared.ends.isoformat()} {' '.join(shared.mxids)}"


def _shown(shared: Overlap, names: Mapping[str, Typed]) -> Facts:
    first, *others = (names[mxid] for mxid in shared.mxids)
    times = {"starts": shared.starts, "ends": shared.ends}
    return {"rank": shared.rank, **times, "counts": first, "others": others}


async def _to_who_can_mend(ring: Ring, feed: Feed, name: str, facts: Facts) -> list[Reply]:
    """Tell the operators, and who has the function now, or else its contact point."""
    replies = [Reply(name, facts, to=Operators(), call=True)]
    whose = [feed.function, ring.region.home_of(feed.function).contact_point]
    mxid = await holdings.leader(ring.session, whose, ring.now)
    if mxid:
        replies.append(Reply(name, facts, to=Direct(mxid), mention=(mxid,), call=True))
    return replies


async def _log(ring: Ring, feed: Feed, what: str, **facts: str) -> None:
    await log.append(
        ring.session, what, feed.name, happened_at=ring.now, written_at=ring.now,
        function=feed.function, facts=facts,
    )  # fmt: skip
