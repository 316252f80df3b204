"""Forums that are opened while the bot runs, and closed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=nullable)


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "openedforum",
        _text("code"),
        sa.Column("definition", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("ends", sa.Date(), nullable=False),
        _moment("opened_at"),
        *(_text(name) for name in ("opened_by", "opened_as")),
        _moment("closed_at", nullable=True),
        _text("closed_as", nullable=True),
        _text("result"),
        _moment("changed_at"),
        _moment("built_at", nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_openedforum")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("openedforum")
