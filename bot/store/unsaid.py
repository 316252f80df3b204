"""Words that the bot has asked somebody for, where it did; a restart does not forget it (R26)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.store import kept

STANDS = timedelta(minutes=30)
"""How long a line of theirs is taken for the words: later they talk of something else."""

_KEY = "words.unsaid "


@dataclass(frozen=True)
class Unsaid:
    """A command that waits for its words, and the key of the place where they are to be said."""

    command: str
    place: str


async def ask(session: AsyncSession, mxid: str, what: Unsaid, now: datetime) -> None:
    """Wait for that person's words; only what was asked for last is waited for."""
    await kept.put(session, _KEY + mxid, f"{now.isoformat()} {what.command} {what.place}")


async def among(session: AsyncSession, mxids: Collection[str], now: datetime) -> dict[str, Unsaid]:
    """Give what is waited for of these people, by Matrix id."""
    there = await kept.among(session, [_KEY + mxid for mxid in mxids])
    found: dict[str, Unsaid] = {}
    for key, value in there.items():
        asked_at, command, place = value.split(" ", 2)
        if now < datetime.fromisoformat(asked_at) + STANDS:
            found[key.removeprefix(_KEY)] = Unsaid(command, place)
    return found


async def said(session: AsyncSession, mxid: str) -> None:
    """Wait for nothing of that person's any more."""
    await kept.drop(session, _KEY + mxid)
