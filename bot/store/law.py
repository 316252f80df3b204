"""The law in use: the region file, forums opened and closed since, moved chairs, exercises.

The history is asked each time, so there is nothing that a rollback could leave wrong. Whoever
writes takes it in at the beginning of the transaction, and anew where it has changed on the way;
there is but one who writes at a time. Whoever only looks gets a law of their own.
"""

from __future__ import annotations

from dataclasses import replace

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.chairing import with_chairs
from bot.domain.exercises import worlds
from bot.domain.region import Forum, Listing, Region, everything
from bot.domain.temporary import forums_now
from bot.store import chairs, exercises, forums


async def take_in(session: AsyncSession, region: Region) -> None:
    """Let the region have in use what the history says; for the one who writes."""
    session.info.pop(forums.CHANGED, None)
    await _hold(session, region)


async def take_in_at_once(session: AsyncSession, region: Region) -> None:
    """Do so in the middle of an event, for what is said of it; it is looked at anew after it."""
    await _hold(session, region)


async def take_in_news(session: AsyncSession, region: Region) -> None:
    """Do so again if what is in use may have changed in this transaction, or been undone."""
    if session.info.pop(forums.CHANGED, False):
        await _hold(session, region)


async def seen(session: AsyncSession, region: Region) -> Region:
    """Give the region with what the history has in use, for one who looks."""
    law = region.forums.law if isinstance(region.forums, Listing) else region.forums
    own: Listing[Forum] = Listing(law)
    region = replace(region, forums=own, exercises=Listing({}))
    await _hold(session, region)
    return region


async def _hold(session: AsyncSession, region: Region) -> None:
    if isinstance(region.forums, Listing):
        used, aside = forums_now(region, await forums.every(session))
        moved = await chairs.moved(session)
        region.forums.hold(used, aside)
        if isinstance(region.exercises, Listing):
            rows = await exercises.every(session)
            running, over = worlds(region, rows, everything(region.exercises))
            led = {
                code: replace(it, forums=with_chairs(dict(it.forums), moved))
                for code, it in running.items()
            }
            region.exercises.hold(led, over)
        region.forums.hold(with_chairs(used, moved), aside)
