"""A call keeps the functions that answer for its seat, and when somebody comes who comes later."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Take the step."""
    op.add_column(
        "call", sa.Column("functions", sa.JSON(), nullable=False, server_default=sa.text("'[]'"))
    )
    op.add_column("call", sa.Column("coming_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Go back."""
    op.drop_column("call", "coming_at")
    op.drop_column("call", "functions")
