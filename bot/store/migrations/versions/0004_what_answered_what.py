"""Which event answered a summons or a carry-back, so that it can be taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "answered",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("mxid", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answered")),
    )
    op.create_index(op.f("ix_answered_event_id"), "answered", ["event_id"], unique=False)
    op.create_index(op.f("ix_answered_about"), "answered", ["about"], unique=False)


def downgrade() -> None:
    """Undo this step."""
    op.drop_table("answered")
