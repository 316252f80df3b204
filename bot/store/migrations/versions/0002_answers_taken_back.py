"""An answer taken back is a row of its own, found by the event that gave it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Take the step."""
    op.add_column("position", sa.Column("takes_back", sa.String(), nullable=True))
    op.create_index(op.f("ix_position_event_id"), "position", ["event_id"], unique=False)


def downgrade() -> None:
    """Undo this step."""
    op.drop_index(op.f("ix_position_event_id"), table_name="position")
    op.drop_column("position", "takes_back")
