"""A law with mail and alarm systems, and what goes out by them: for stories about urgent things."""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import select

from bot.dispatch.desk import Desk
from bot.domain.model import Dispatch, DispatchState
from bot.domain.region import Region, Way, WayKind
from bot.store import dispatches
from tests.story.story import Story

MAIL = Way(WayKind.EMAIL, "vakt@polisen.example")
HOOK = Way(WayKind.WEBHOOK, "vard-larm")
COUNTY = Way(WayKind.EMAIL, "tib@lst.example")
ALARM = Way(WayKind.WEBHOOK, "lst-larm")
OFFICE = Way(WayKind.EMAIL, "rsib@kansli.example")
WAYS = {"pol": (MAIL, HOOK), "reg": (HOOK,)}
"""The police have a mail address and a webhook, health care a webhook."""
JUDGES = {"lst": (COUNTY, ALARM), "kansli": (OFFICE,)}
"""Those who judge have ways: the county board two, the coordination office one."""


def with_ways(region: Region, ways: dict[str, tuple[Way, ...]]) -> Region:
    """Give the law with these ways, by organisation."""
    homes = dict(region.organisations)
    for code, theirs in ways.items():
        homes[code] = replace(homes[code], ways=theirs)
    return replace(region, organisations=homes)


def gets_ways(story: Story, ways: dict[str, tuple[Way, ...]]) -> None:
    """Let the law of a story have these ways."""
    story.region = with_ways(story.region, ways)
    story.desk = Desk(story.region, story.desk.catalogue, story.desk.post)


async def sent(story: Story, about: str = "KA-2026-001") -> list[Dispatch]:
    """List what has gone out about something, by organisation, way and person."""
    async with story.store.read() as session:
        found = await dispatches.of(session, about)
    return sorted(found, key=lambda row: (row.written_at, row.organisation, row.kind, row.mxid))


async def all_sent(story: Story) -> list[Dispatch]:
    """List all that has gone out."""
    async with story.store.read() as session:
        return list(await session.exec(select(Dispatch)))


async def becomes(story: Story, row: Dispatch, state: DispatchState, why: str = "") -> None:
    """Let that be known of it, as the carrier keeps it."""
    async with story.store.begin() as session:
        await dispatches.note(session, row, state, why, story.clock.now())
        await dispatches.let_tell(session, row, story.clock.now())
    await story.passes(seconds=1)
