"""Who chairs a meeting, or all about an incident, instead of the forum's own chair."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Take the step."""
    for table in ("meeting", "incident"):
        op.add_column(table, sa.Column("chair", sa.String(), nullable=True))


def downgrade() -> None:
    """Take it back."""
    for table in ("meeting", "incident"):
        op.drop_column(table, "chair")
