"""Handovers: which functions change hands, and who was last seen to hold each."""

from __future__ import annotations

import json
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import Handover
from bot.domain.reliefs import Holder, Holders
from bot.store import kept

SEEN = "handovers.seen"
"""Under this name is kept who held each function when that was last looked at, and when."""


async def by_id(session: AsyncSession, id_: str) -> Handover | None:
    """Find the handover with that id (AV-2026-003)."""
    return (await session.exec(select(Handover).where(Handover.id == id_))).one_or_none()


async def ahead(session: AsyncSession, function: str | None = None) -> list[Handover]:
    """List those that neither have happened nor were called off, the earliest first.

    Of one function, where it is given.
    """
    left = select(Handover).where(
        col(Handover.moved_at).is_(None), col(Handover.called_off_at).is_(None)
    )
    if function is not None:
        left = left.where(Handover.function == function)
    return list(await session.exec(left.order_by(col(Handover.at), col(Handover.id))))


async def to_take_over(session: AsyncSession, mxid: str, since: datetime) -> list[Handover]:
    """List what somebody has been briefed of since then and not taken over, the earliest first."""
    theirs = select(Handover).where(
        Handover.incoming == mxid,
        col(Handover.briefed_at) >= since,
        col(Handover.taken_over_at).is_(None),
        col(Handover.called_off_at).is_(None),
    )
    return list(await session.exec(theirs.order_by(col(Handover.at), col(Handover.id))))


async def handed_over(session: AsyncSession, mxid: str, since: datetime) -> list[Handover]:
    """List what somebody has handed over since then, the latest first."""
    gone = select(Handover).where(Handover.outgoing == mxid, col(Handover.moved_at) >= since)
    return list(await session.exec(gone.order_by(col(Handover.at).desc(), col(Handover.id))))


async def seen(session: AsyncSession) -> tuple[datetime, Holders] | None:
    """Give when it was last looked who holds what, and what was seen; None if it never was."""
    value = await kept.get(session, SEEN)
    if value is None:
        return None
    at, _, told = value.partition(" ")
    return datetime.fromisoformat(at), {code: _holder(it) for code, it in json.loads(told).items()}


async def see(session: AsyncSession, held: Holders, now: datetime) -> None:
    """Keep who holds what now."""
    told = json.dumps(dict(sorted(held.items())), ensure_ascii=False)
    await kept.put(session, SEEN, f"{now.isoformat()} {told}")


def _holder(told: list[str]) -> Holder:
    mxid, name = told
    return mxid, name
