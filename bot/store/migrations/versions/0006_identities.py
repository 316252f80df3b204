"""Identities pinned to people, and the answers that wait for somebody to vouch."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "identity",
        sa.Column("mxid", sa.String(), nullable=False),
        sa.Column("master", sa.String(), nullable=False),
        sa.Column("devices", sa.JSON(), nullable=False),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vouched_by", sa.String(), nullable=True),
        sa.Column("vouched_how", sa.String(), nullable=False),
        sa.Column("vouched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_to", sa.String(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("mxid", name=op.f("pk_identity")),
    )
    op.create_index(op.f("ix_identity_changed_to"), "identity", ["changed_to"], unique=False)
    op.create_table(
        "held",
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("mxid", sa.String(), nullable=False),
        sa.Column("event", sa.JSON(), nullable=False),
        sa.Column("identity", sa.String(), nullable=True),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_held")),
    )
    op.create_index(op.f("ix_held_held_at"), "held", ["held_at"], unique=False)
    op.create_index(op.f("ix_held_mxid"), "held", ["mxid"], unique=False)


def downgrade() -> None:
    """Take it back."""
    op.drop_table("held")
    op.drop_table("identity")
