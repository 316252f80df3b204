"""Who is in a forum's room, and what became of a call: for stories about summonses and meetings."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.model import Call, LogEntry, Meeting
from bot.store import log, meetings, rooms, summonses
from tests.story.story import Story, mxid_of

REPRESENTED = (
    "Företräder andra: Norra brandförsvaret (Norrsunds kommun, Ulvnäs kommun, Rosviks kommun, "
    "Granholms kommun, Kvarnsele kommun, Sandhamra kommun och Västerlunda kommun); "
    "Södra brandförsvarsförbundet (Mälarviks stad, Söderby kommun, Österhaga kommun, "
    "Ekvikens kommun, Holmstads kommun, Lindö kommun och Tallåsens kommun); Mälarviks stad "
    "(Norrsunds kommun, Söderby kommun, Österhaga kommun, Västerlunda kommun, Ekvikens kommun, "
    "Rosviks kommun, Ulvnäs kommun, Granholms kommun, Holmstads kommun, Kvarnsele kommun, "
    "Lindö kommun, Sandhamra kommun och Tallåsens kommun)."
)
"""Said of the duty officers' group when the three that represent others have been reached."""


async def gathers(story: Story, where: str = "VSK", *, but: Iterable[str] = ()) -> None:
    """Let the holder of every seat be in the forum's room."""
    missing = set(but)
    async with story.store.begin() as session:
        for seat in story.region.forum(where).seats:
            if seat.function not in missing:
                room_id, now = f"!forum:{where}", story.clock.now()
                await rooms.moved(session, room_id, mxid_of(seat.function), "join", now)


async def comes(story: Story, who: str, where: str = "VSK") -> None:
    """Let one more person be in the room."""
    async with story.store.begin() as session:
        await rooms.moved(session, f"!forum:{where}", mxid_of(who), "join", story.clock.now())


async def everybody_taps(story: Story, where: str = "VSK", *, but: Iterable[str] = ()) -> None:
    """Let the holder of every seat acknowledge the summons by a tap."""
    missing = set(but)
    for seat in story.region.forum(where).seats:
        if seat.function not in missing:
            await story.taps(seat.function, "✅", where, "Kallelse KA-")


async def the_calls(story: Story, summons: str = "KA-2026-001") -> dict[str, Call]:
    """Give each seat's call by its function."""
    async with story.store.read() as session:
        return {call.function: call for call in await summonses.calls(session, summons)}


async def the_meeting(story: Story, meeting: str = "M-2026-001") -> Meeting:
    """Give a meeting as it is kept."""
    async with story.store.read() as session:
        found = await meetings.by_id(session, meeting)
    assert found
    return found


async def the_log(story: Story) -> list[LogEntry]:
    """Give what the chained log says, oldest first."""
    async with story.store.read() as session:
        return await log.since(session, 0)
