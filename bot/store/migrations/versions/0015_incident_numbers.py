"""What is agreed and taken on carries the number of its incident; and what was learnt of one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Take the step."""
    for table in ("agreement", "action"):
        op.add_column(table, sa.Column("incident", sa.String(), nullable=True))
        op.create_index(op.f(f"ix_{table}_incident"), table, ["incident"], unique=False)
    op.create_table(
        "lesson",
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("id", "incident", "text", "said_by", "said_as")
        ),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson")),
    )
    op.create_index(op.f("ix_lesson_incident"), "lesson", ["incident"], unique=False)


def downgrade() -> None:
    """Take it back."""
    op.drop_table("lesson")
    for table in ("action", "agreement"):
        op.drop_index(op.f(f"ix_{table}_incident"), table)
        op.drop_column(table, "incident")
