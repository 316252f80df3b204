"""What is urgent about an incident goes out by other ways, too, not only a summons."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

CALLS = "uq_dispatch_summons_kind_address_mxid"
ALL = "uq_dispatch_about_occasion_kind_address_mxid"


def upgrade() -> None:
    """Take the step: what there is was all calls."""
    op.drop_index(op.f("ix_dispatch_summons"), table_name="dispatch")
    with op.batch_alter_table("dispatch") as table:
        table.drop_constraint(op.f(CALLS), type_="unique")
        table.alter_column("summons", new_column_name="about", existing_type=sa.String())
        table.add_column(sa.Column("occasion", sa.String(), nullable=False, server_default="call"))
    with op.batch_alter_table("dispatch") as table:
        table.alter_column("occasion", server_default=None, existing_type=sa.String())
        table.create_unique_constraint(op.f(ALL), ["about", "occasion", "kind", "address", "mxid"])
    op.create_index(op.f("ix_dispatch_about"), "dispatch", ["about"], unique=False)


def downgrade() -> None:
    """Take it back: what was no call is lost."""
    op.execute("DELETE FROM dispatch WHERE occasion <> 'call'")
    op.drop_index(op.f("ix_dispatch_about"), table_name="dispatch")
    with op.batch_alter_table("dispatch") as table:
        table.drop_constraint(op.f(ALL), type_="unique")
        table.drop_column("occasion")
        table.alter_column("about", new_column_name="summons", existing_type=sa.String())
    with op.batch_alter_table("dispatch") as table:
        table.create_unique_constraint(op.f(CALLS), ["summons", "kind", "address", "mxid"])
    op.create_index(op.f("ix_dispatch_summons"), "dispatch", ["summons"], unique=False)
