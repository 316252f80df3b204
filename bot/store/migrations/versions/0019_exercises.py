"""Exercises: the law practised in rooms of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=nullable)


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "heldexercise",
        *(_text(name) for name in ("code", "title")),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("forums", "participants")),
        _moment("started_at"),
        *(_text(name) for name in ("started_by", "started_as", "started_in")),
        _moment("ended_at", nullable=True),
        _text("ended_by", nullable=True),
        _moment("changed_at"),
        _moment("built_at", nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_heldexercise")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("heldexercise")
