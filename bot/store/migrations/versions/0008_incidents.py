"""What is handled together, and which meetings are about it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=nullable)


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "incident",
        *(_text(name) for name in ("id", "text", "state")),
        _moment("asked_at"),
        *(_text(name) for name in ("asked_by", "asked_as", "asked_in")),
        _text("judge", nullable=True),
        *(_moment(name, nullable=True) for name in ("judge_until", "judged_at", "look_again_at")),
        _text("lead", nullable=True),
        *(_text(name) for name in ("reason", "end_condition")),
        _moment("activated_at", nullable=True),
        _text("activated_as", nullable=True),
        *(_moment(name, nullable=True) for name in ("steps_down_at", "ended_at")),
        _text("exercise", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    op.create_index(op.f("ix_incident_state"), "incident", ["state"], unique=False)
    op.create_index(op.f("ix_incident_exercise"), "incident", ["exercise"], unique=False)
    op.create_table(
        "incidentturn",
        sa.Column("id", sa.Integer(), nullable=False),
        *(_text(name) for name in ("incident", "state")),
        _moment("at"),
        *(_text(name, nullable=True) for name in ("mxid", "function")),
        _text("reason"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidentturn")),
    )
    op.create_index(op.f("ix_incidentturn_incident"), "incidentturn", ["incident"], unique=False)
    op.create_table(
        "rhythmtime",
        sa.Column("id", sa.Integer(), nullable=False),
        _text("incident"),
        _moment("starts_at"),
        _text("meeting", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rhythmtime")),
    )
    op.create_index(op.f("ix_rhythmtime_incident"), "rhythmtime", ["incident"], unique=False)
    op.create_table(
        "concernedactor",
        *(_text(name) for name in ("incident", "organisation", "said_as")),
        _moment("said_at"),
        sa.PrimaryKeyConstraint("incident", "organisation", name=op.f("pk_concernedactor")),
    )
    op.add_column("meeting", _text("incident", nullable=True))
    op.create_index(op.f("ix_meeting_incident"), "meeting", ["incident"], unique=False)


def downgrade() -> None:
    """Take it back."""
    op.drop_index(op.f("ix_meeting_incident"), "meeting")
    op.drop_column("meeting", "incident")
    for table in ("concernedactor", "rhythmtime", "incidentturn", "incident"):
        op.drop_table(table)
