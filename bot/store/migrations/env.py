"""What Alembic runs: on the program's connection, or on `-x url=…` when typed by hand."""

from __future__ import annotations

import asyncio
from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection
from sqlmodel import AutoString, SQLModel

from bot.domain.model import Moment
from bot.store.engine import connect


def render(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:  # noqa: ANN401
    """Write our column types as the plain ones they are, so that old steps stay true."""
    if kind == "type" and isinstance(item, AutoString):
        return "sa.String()"
    if kind == "type" and isinstance(item, Moment):
        return "sa.DateTime(timezone=True)"
    return False


def run(connection: Connection) -> None:
    """Take the steps in one transaction: SQLite too undoes a change of tables."""
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=True,
        render_item=render,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def by_hand() -> None:
    """Take the steps on the database named on the command line."""
    engine = connect(context.get_x_argument(as_dictionary=True)["url"])
    try:
        async with engine.begin() as connection:
            await connection.run_sync(run)
    finally:
        await engine.dispose()


given: Connection | None = context.config.attributes.get("connection")
if given is None:
    asyncio.run(by_hand())
else:
    run(given)
