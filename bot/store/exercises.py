"""Exercises, and which of them something belongs to (R22)."""

from __future__ import annotations

import re
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import (
    Action,
    Agreement,
    CarryBack,
    HeldExercise,
    Holding,
    Incident,
    Meeting,
    Summons,
)
from bot.domain.region import Region, everything
from bot.store.forums import CHANGED

_ID = re.compile(r"(?<![\w-])([^\W\d]{1,2})-(?:(\d{4})-)?(\d{1,9})(?![\w-])")
_TABLES = {"M": Meeting, "KA": Summons, "OV": Agreement, "AT": Action, "AF": CarryBack}


async def every(session: AsyncSession) -> list[HeldExercise]:
    """List the exercises, the first first."""
    order = (col(HeldExercise.started_at), col(HeldExercise.code))
    return list(await session.exec(select(HeldExercise).order_by(*order)))


async def by_code(session: AsyncSession, code: str) -> HeldExercise | None:
    """Find the exercise with that code."""
    found = select(HeldExercise).where(HeldExercise.code == code)
    return (await session.exec(found)).one_or_none()


async def keep(session: AsyncSession, row: HeldExercise, now: datetime) -> None:
    """Keep an exercise as it is from now on; its rooms are to be made as it says."""
    row.changed_at, row.built_at = now, None
    session.add(row)
    await session.flush()
    session.info[CHANGED] = True


async def end_holdings(session: AsyncSession, code: str, now: datetime) -> None:
    """End all that was played in an exercise."""
    for row in await session.exec(select(Holding).where(Holding.source == source(code))):
        row.ends = now
        session.add(row)


def source(code: str) -> str:
    """Name the source of the holdings of an exercise."""
    return f"exercise:{code}"


async def unbuilt(session: AsyncSession) -> dict[str, tuple[datetime, list[str]]]:
    """Give the exercises whose rooms are not known to be as wanted: since when, which forums'."""
    left = select(HeldExercise).where(col(HeldExercise.built_at).is_(None))
    return {row.code: (row.changed_at, list(row.forums)) for row in await session.exec(left)}


async def built(session: AsyncSession, code: str, wanted: datetime, now: datetime) -> None:
    """Note that its rooms are as they have been wanted since then, if nothing came meanwhile."""
    row = await by_code(session, code)
    if row is not None and row.changed_at == wanted:
        row.built_at = now
        session.add(row)


async def world_of(session: AsyncSession, region: Region, text: str, year: int) -> Region:
    """Give the region that a text is about: an exercise's, by a code or an id in it, or this one.

    An id without a year is of that year.
    """
    known = everything(region.exercises)
    if not known or not text:
        return region
    for code, world in known.items():
        if re.search(rf"(?<![\w-]){code}(?:-|$)", text):
            return world
    for found in _ID.finditer(text.upper()):
        code_ = await _exercise_of(session, region, found, year)
        if code_ is not None and code_ in known:
            return known[code_]
    return region


async def _exercise_of(
    session: AsyncSession, region: Region, found: re.Match[str], year: int
) -> str | None:
    letters, number = found[1], int(found[3])
    id_ = f"{letters}-{found[2] or year}-{number:0{4 if letters == 'AF' else 3}d}"
    if letters == "H":
        asked = select(Incident.exercise).where(Incident.id == id_)
        return (await session.exec(asked)).one_or_none()
    table = _TABLES.get(letters)
    if table is None:
        return None
    columns = table.__table__.c  # type: ignore[attr-defined]
    forum = (await session.exec(select(columns.forum).where(columns.id == id_))).one_or_none()
    world = region.world_of(str(forum or ""))
    return world.exercise.code if world.exercise else None
