"""What goes out by other ways than Matrix."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "dispatch",
        *(_text(name) for name in ("id", "summons", "organisation", "kind", "address")),
        *(_text(name) for name in ("mxid", "function")),
        sa.Column("content", sa.JSON(), nullable=False),
        _moment("written_at"),
        _moment("until"),
        _text("state"),
        sa.Column("tries", sa.Integer(), nullable=False),
        _text("why"),
        _moment("changed_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatch")),
        sa.UniqueConstraint(
            "summons", "kind", "address", "mxid", name=op.f("uq_dispatch_summons_kind_address_mxid")
        ),
    )
    for column in ("summons", "state"):
        op.create_index(op.f(f"ix_dispatch_{column}"), "dispatch", [column], unique=False)


def downgrade() -> None:
    """Take it back."""
    op.drop_table("dispatch")
