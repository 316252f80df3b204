"""Actions: what an organisation has taken on."""

from __future__ import annotations

from collections.abc import Collection

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import Action, ActionState

OPEN = (ActionState.TAKEN_ON, ActionState.LATE)
"""Still to be done."""


async def by_id(session: AsyncSession, action_id: str) -> Action | None:
    """Find the action with that id (AT-2026-014)."""
    return (await session.exec(select(Action).where(Action.id == action_id))).one_or_none()


async def open_in(session: AsyncSession, forum: str) -> list[Action]:
    """List what is still to be done from a forum, first due first, no day last."""
    undone = select(Action).where(Action.forum == forum, col(Action.state).in_(OPEN))
    first_due = undone.order_by(col(Action.due_at).asc().nulls_last(), col(Action.id))
    return list(await session.exec(first_due))


async def open_of(session: AsyncSession, functions: Collection[str]) -> list[Action]:
    """List what these functions have still to do, first due first, no day last."""
    undone = select(Action).where(col(Action.function).in_(functions), col(Action.state).in_(OPEN))
    first_due = undone.order_by(col(Action.due_at).asc().nulls_last(), col(Action.id))
    return list(await session.exec(first_due))


async def of_meeting(session: AsyncSession, meeting: str) -> list[Action]:
    """List what was taken on at a meeting, in the order it was."""
    taken_on = select(Action).where(Action.meeting == meeting)
    return list(await session.exec(taken_on.order_by(col(Action.taken_on_at), col(Action.id))))


async def add(session: AsyncSession, action: Action) -> None:
    """Keep an action that somebody has taken on."""
    session.add(action)
    await session.flush()
