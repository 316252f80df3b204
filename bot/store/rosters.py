"""A roster that was read becomes what is held from now on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import Holding
from bot.domain.region import Held, Region
from bot.store import deadlines, holdings

SOURCE = "roster"


async def import_roster(
    session: AsyncSession,
    region: Region,
    rows: Iterable[Held],
    now: datetime,
    *,
    source: str = SOURCE,
) -> None:
    """Keep the rows instead of all that source said before; every register is looked at anew."""
    held = [
        Holding(
            function=row.function,
            rank=row.rank,
            mxid=row.mxid,
            name=row.person,
            starts=row.starts,
            ends=row.ends,
            source=source,
        )
        for row in rows
    ]
    await holdings.replace_all(session, source, held, now)
    for forum in region.forums:
        await deadlines.set_(session, "register.refresh", forum, now)
    await deadlines.set_(session, "holding.changes", "all", now)
