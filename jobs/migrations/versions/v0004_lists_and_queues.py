"""What is kept of each place on a list, and how many contacts wait in each queue."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    with op.batch_alter_table("memberships") as table:
        table.add_column(sa.Column("joined_at", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("status", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("reason", sa.String(length=255), nullable=True))
        table.add_column(sa.Column("owner_id", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("revived_at", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("revived_to", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("revived_after_days", sa.Integer(), nullable=True))
    # Who was a member before it was held out is not known any more: whoever is not held now counts as one.
    op.execute("UPDATE memberships SET joined_at = entered_at WHERE state <> 'held'")
    op.create_table(
        "queue_counts",
        sa.Column("queue", sa.String(length=128), nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("oldest_since", sa.BigInteger(), nullable=True),
        sa.Column("over_limit", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("queue", "at"),
    )
