"""Answers that somebody gives for an organisation that cannot."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Take the step."""
    for table in ("call", "position"):
        op.add_column(table, sa.Column("said_by", sa.String(), nullable=True))
        for column in (
            sa.Column("said_how", sa.String(), nullable=False, server_default=""),
            sa.Column("read_back", sa.Boolean(), nullable=False, server_default=sa.false()),
        ):
            op.add_column(table, column)


def downgrade() -> None:
    """Take it back."""
    for table in ("call", "position"):
        for column in ("said_by", "said_how", "read_back"):
            op.drop_column(table, column)
