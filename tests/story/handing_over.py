"""Who holds a function from when to when, put straight into the memory: for stories of relief."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import select

from bot.domain.model import Handover, Holding
from bot.store import deadlines, handovers, holdings
from tests.story.meeting_room import at
from tests.story.story import Story, mxid_of

LENA = "@lena:malarvik.example"


async def changes_hands(
    story: Story, function: str, local: str, to: str | None = LENA, name: str = "Lena Wiik"
) -> None:
    """Let the roster say that somebody else holds a function from that local time on."""
    await hands_over(story, function, at(story, local), to, name)


async def hands_over(
    story: Story, function: str, moment: datetime, to: str | None = LENA, name: str = "Lena Wiik"
) -> None:
    """Let the roster say that somebody else, or nobody, holds a function from that moment on."""
    async with story.store.begin() as session:
        for holding in await holdings.holders(session, function, story.clock.now()):
            if holding.rank == 1:
                holding.ends, holding.name = moment, "Jonas Ek"
                session.add(holding)
        if to:
            session.add(
                Holding(
                    function=function, rank=1, mxid=mxid_of(to), name=name, starts=moment,
                    source="story",
                )
            )  # fmt: skip
    await read_anew(story)


async def postponed(story: Story, function: str, local: str) -> None:
    """Let the roster say another time for the change of hands that it has said before."""
    moment = at(story, local)
    async with story.store.begin() as session:
        rows = await session.exec(select(Holding).where(Holding.function == function))
        for holding in rows:
            if holding.rank == 1 and holding.mxid == LENA:
                holding.starts = moment
            elif holding.rank == 1:
                holding.ends = moment
    await read_anew(story)


async def rings_again(story: Story, *kinds: str) -> None:
    """Let those deadlines come once more, as after a restart."""
    for kind in kinds:
        async with story.store.begin() as session:
            await deadlines.set_(session, kind, "all", story.clock.now())
        await story.passes(seconds=0)


async def arms(story: Story) -> None:
    """Set every deadline that is set at a start; nothing has rung yet."""
    async with story.store.begin() as session:
        for kind in story.desk.catalogue.kinds.values():
            if kind.arm:
                await kind.arm(session, story.region, story.clock.now())


async def read_anew(story: Story) -> None:
    """Let the bot look at the roster, as it does when somebody has changed it."""
    async with story.store.begin() as session:
        await deadlines.set_(session, "holding.changes", "all", story.clock.now())
    await story.passes(seconds=0)


async def the_handovers(story: Story) -> list[Handover]:
    """List the handovers that are ahead."""
    async with story.store.read() as session:
        return await handovers.ahead(session)
