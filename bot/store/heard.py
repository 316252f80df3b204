"""When a person was last heard from: one value for each, renewed at most every few minutes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.store import kept

RENEWED = timedelta(minutes=5)
"""How old a sign of life is before the next one is written down."""

PREFIX = "heard "
LEFT = "left "
"""Under this name is kept when a person was last heard from before they came back."""
AWAY = timedelta(hours=1)
"""How long nobody hears from somebody who is away."""


async def note(session: AsyncSession, mxid: str, now: datetime) -> None:
    """Keep that somebody wrote, tapped or voted now; who was away, also since when."""
    before = await kept.get(session, PREFIX + mxid)
    if before and now - datetime.fromisoformat(before) >= AWAY:
        await kept.put(session, LEFT + mxid, before)
    await kept.put(session, PREFIX + mxid, now.isoformat())


async def last(session: AsyncSession, mxids: Collection[str]) -> dict[str, datetime]:
    """Give when each of these people was last heard from; who never was is left out."""
    found = await kept.among(session, [PREFIX + mxid for mxid in mxids])
    return {key[len(PREFIX) :]: datetime.fromisoformat(at) for key, at in found.items()}


async def away_since(session: AsyncSession, mxid: str, now: datetime) -> datetime | None:
    """Tell since when a person was away, if they are back since less than an hour; None if never.

    Who is away still, has been since the last sign of them.
    """
    last = await kept.get(session, PREFIX + mxid)
    if last and now - datetime.fromisoformat(last) >= AWAY:
        return datetime.fromisoformat(last)
    left = await kept.get(session, LEFT + mxid)
    return datetime.fromisoformat(left) if left else None
