"""Which encrypted messages have been heard: each counts once, in whichever event it comes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "heardkey",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_heardkey")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("heardkey")
