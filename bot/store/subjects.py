"""What messages are about, by subject ("agreement:OV-2026-014"): in which forum it happens."""

from __future__ import annotations

from sqlmodel import SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import Action, Agreement, CarryBack, Meeting, Summons

KINDS: dict[str, type[SQLModel]] = {
    "summons": Summons,
    "agreement": Agreement,
    "carry_back": CarryBack,
    "receipt": CarryBack,
    "meeting": Meeting,
    "digest": Meeting,
    "action": Action,
}
"""The table in which each kind of subject is kept; all have an id and a forum."""


async def forum_of(session: AsyncSession, subject: str | None) -> str | None:
    """Give the forum of what a message is about; None where that is no forum's business."""
    kind, _, id_ = (subject or "").partition(":")
    table = KINDS.get(kind)
    if table is None:
        return None
    columns = table.__table__.c  # type: ignore[attr-defined]
    asked = select(columns.forum).where(columns.id == id_)
    forum: str | None = (await session.exec(asked)).one_or_none()
    return forum
