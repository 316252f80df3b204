"""Promises of the right to act: one process has it, and it ends with that process."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from bot.store.engine import connect
from bot.store.lock import AlreadyActing, acting
from tests.store.conftest import MakeUrl


async def test_a_second_one_is_refused_until_the_first_has_ended(url: str) -> None:
    async with acting(url) as first:
        assert await first.held()
        with pytest.raises(AlreadyActing, match="another process acts on"):
            async with acting(url):
                pass

    async with acting(url) as second:
        assert await second.held()


async def test_the_refusal_keeps_the_password_to_itself(migrated_postgresql: MakeUrl) -> None:
    secret = migrated_postgresql().replace("postgres:", "postgres:hemligt", 1)

    async with acting(secret):
        with pytest.raises(AlreadyActing) as refused:
            async with acting(secret):
                pass

    assert "hemligt" not in str(refused.value)


async def test_the_right_is_lost_with_the_connection(migrated_postgresql: MakeUrl) -> None:
    url = migrated_postgresql()
    kill = (
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )

    async with acting(url) as right:
        engine = connect(url)
        async with engine.begin() as connection:
            await connection.execute(text(kill))
        await engine.dispose()

        assert not await right.held()
