"""The bot with its history in PostgreSQL: called, answered and shown, as with SQLite."""

from __future__ import annotations

from pathlib import Path

import psycopg

from tests.homeserver.hour import hour
from tests.store.conftest import server

__all__ = ["server"]  # the wheel's PostgreSQL, started once

MINUTES = 4  # a call in the room, a tap, a word, and a question in a direct room


async def test_a_summons_is_sent_answered_and_shown(
    server: str,
    tmp_path: Path,
) -> None:
    async with hour(tmp_path / "hour", database_url=server) as lived:
        await lived.play(minutes=MINUTES)
        shown = await lived.shown()

    said = [line for line in shown["forum:WEEK"] if "Acknowledged" in line]
    assert len(said) == 1
    assert "Acknowledged 2 of 2 (KA-2026-002). Say that they attend: 1." in said[0]
    assert (
        "- Duty officer, The county: Kim; deputy Mio." in shown["direct:@eli:malarvik.example"][-1]
    )
    with psycopg.connect(server) as connection:
        called = connection.execute("SELECT id, made_by FROM summons ORDER BY id").fetchall()
    assert ("KA-2026-002", "aa.DUTY") in called
    assert not (tmp_path / "hour/state/samverkan.db").exists()
