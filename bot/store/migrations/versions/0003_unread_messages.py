"""Messages that could not be read, kept until they can be."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "unread",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("room_id", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=True),
        sa.Column("raw", sa.String(), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_unread")),
        sa.UniqueConstraint("event_id", name=op.f("uq_unread_event_id")),
    )
    op.create_index(op.f("ix_unread_heard_at"), "unread", ["heard_at"], unique=False)
    op.create_index(op.f("ix_unread_room_id"), "unread", ["room_id"], unique=False)
    with op.batch_alter_table("concerned") as table:
        table.add_column(sa.Column("unread_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("concerned") as table:
        table.drop_column("unread_at")
    op.drop_index(op.f("ix_unread_room_id"), table_name="unread")
    op.drop_index(op.f("ix_unread_heard_at"), table_name="unread")
    op.drop_table("unread")
