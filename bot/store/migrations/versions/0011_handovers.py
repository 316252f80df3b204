"""Functions that change hands: who goes, who comes, and what became of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "handover",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("function", sa.String(), nullable=False),
        _moment("at", nullable=False),
        sa.Column("outgoing", sa.String(), nullable=True),
        sa.Column("outgoing_name", sa.String(), nullable=False),
        sa.Column("incoming", sa.String(), nullable=True),
        sa.Column("incoming_name", sa.String(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        *map(_moment, ("briefed_at", "taken_over_at", "moved_at", "called_off_at")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    for column in ("function", "at", "outgoing", "incoming"):
        op.create_index(op.f(f"ix_handover_{column}"), "handover", [column], unique=False)


def downgrade() -> None:
    """Take it back."""
    op.drop_table("handover")
