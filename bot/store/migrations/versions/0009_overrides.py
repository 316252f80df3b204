"""Holdings are withdrawn and never rewritten; what is said on top of them is kept by itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Take the step."""
    for column in ("known_at", "withdrawn_at"):
        op.add_column("holding", sa.Column(column, sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "override",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("function", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("instead_of", sa.String(), nullable=True),
        sa.Column("mxid", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("starts", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(), nullable=True),
        sa.Column("made_as", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_override")),
    )
    op.create_index(op.f("ix_override_function"), "override", ["function"], unique=False)


def downgrade() -> None:
    """Take it back."""
    op.drop_table("override")
    for column in ("withdrawn_at", "known_at"):
        op.drop_column("holding", column)
