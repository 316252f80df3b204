"""Test calls, and who answered them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "test_call",
        sa.Column("id", sa.String(), nullable=False),
        _moment("made_at", nullable=False),
        sa.Column("made_by", sa.String(), nullable=True),
        sa.Column("made_as", sa.String(), nullable=True),
        _moment("closes_at", nullable=False),
        _moment("closed_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_call")),
    )
    op.create_table(
        "tested_function",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("test", sa.String(), nullable=False),
        sa.Column("function", sa.String(), nullable=False),
        sa.Column("mxid", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("deviceless", sa.Boolean(), nullable=False),
        _moment("answered_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tested_function")),
    )
    op.create_index(op.f("ix_tested_function_test"), "tested_function", ["test"], unique=False)


def downgrade() -> None:
    """Take it back."""
    op.drop_table("tested_function")
    op.drop_table("test_call")
