"""The parts every table is made of: the metadata's naming rule and a time that keeps its zone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, DateTime, TypeDecorator
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """A point in time, kept in UTC. Refuses a time without a zone; SQLite gives none back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:  # noqa: ARG002, ANN401
        """Turn an aware time to UTC; ValueError for a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = f"a time without a zone cannot be kept: {value!r}"
            raise ValueError(msg)
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:  # noqa: ARG002, ANN401
        """Give an aware UTC time back."""
        if value is None:
            return None
        if value.tzinfo is None:
            return value.replace(tzinfo=UTC)
        return value.astimezone(UTC)


def moment(*, nullable: bool = False, index: bool = False) -> Any:  # noqa: ANN401
    """Declare a column that holds a point in time."""
    default: Any = None if nullable else ...
    return Field(default, sa_column=Column(Moment(), nullable=nullable, index=index))
