"""The append-only log: each entry carries the hash of the one before it (R17)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.model import LogEntry

NOTHING_BEFORE = "0" * 64
"""What the first entry carries instead of a hash before it."""

PAGE = 500
"""How many entries are read at a time when all are."""


async def append(  # noqa: PLR0913 - an entry has as many parts
    session: AsyncSession,
    what: str,
    subject: str,
    *,
    happened_at: datetime,
    written_at: datetime,
    forum: str | None = None,
    function: str | None = None,
    mxid: str | None = None,
    facts: Mapping[str, Any] | None = None,
    corrects: int | None = None,
) -> LogEntry:
    """Write the next entry; `corrects` is the position of the entry that it corrects.

    TypeError if the facts hold anything that JSON does not know.
    """
    last = await _last(session)
    entry = LogEntry(
        position=1 if last is None else (last.position or 0) + 1,
        happened_at=happened_at, written_at=written_at, what=what, subject=subject,
        forum=forum, function=function, mxid=mxid, corrects=corrects,
        facts=json.loads(_canonical(dict(facts or {}))),
        previous=NOTHING_BEFORE if last is None else last.hash, hash="",
    )  # fmt: skip
    entry.hash = fingerprint(entry)
    session.add(entry)
    return entry


async def verify(session: AsyncSession) -> int | None:
    """Recompute the chain; give the first position that is broken, or None when it is whole.

    A chain cut short at its end is whole: keep the last hash elsewhere to see that too.
    """
    position, before = 0, NOTHING_BEFORE
    while page := await since(session, position):
        for entry in page:
            position += 1
            if not _follows(entry, position, before):
                return position
            before = entry.hash
    return None


async def since(session: AsyncSession, position: int, limit: int = PAGE) -> list[LogEntry]:
    """List at most `limit` entries after that position, oldest first."""
    after = select(LogEntry).where(col(LogEntry.position) > position)
    return list(await session.exec(after.order_by(col(LogEntry.position)).limit(limit)))


async def has(session: AsyncSession, what: str, subject: str) -> bool:
    """Tell whether that has been written of a subject."""
    written = select(LogEntry.position).where(LogEntry.subject == subject, LogEntry.what == what)
    return (await session.exec(written.limit(1))).first() is not None


async def latest(session: AsyncSession, what: str, subject: str) -> LogEntry | None:
    """Find the newest entry of that about a subject."""
    written = select(LogEntry).where(LogEntry.subject == subject, LogEntry.what == what)
    newest = written.order_by(col(LogEntry.position).desc()).limit(1)
    return (await session.exec(newest)).first()


def fingerprint(entry: LogEntry) -> str:
    """Give SHA-256, in hexadecimal, over the entry and the hash before it, as canonical JSON."""
    return hashlib.sha256(_canonical(_sealed(entry)).encode()).hexdigest()


def _sealed(entry: LogEntry) -> dict[str, Any]:
    """Gather what the hash covers: everything but itself; times in UTC, to the microsecond."""
    covered = entry.model_dump(exclude={"hash"})
    for name in ("happened_at", "written_at"):
        covered[name] = covered[name].astimezone(UTC).isoformat(timespec="microseconds")
    return covered


def _canonical(value: Mapping[str, Any]) -> str:
    """Write JSON in one way only: keys sorted, no spaces, letters as they are."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def _follows(entry: LogEntry, position: int, before: str) -> bool:
    """Tell whether the entry stands where it should, after what it should, unchanged."""
    return (
        entry.position == position and entry.previous == before and entry.hash == fingerprint(entry)
    )


async def _last(session: AsyncSession) -> LogEntry | None:
    """Find the newest entry."""
    newest = select(LogEntry).order_by(col(LogEntry.position).desc()).limit(1)
    return (await session.exec(newest)).first()
