"""Matches that wait before they become findings, and finding quickly what a rule has left in the ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "pending_matches",
        sa.Column("rule", sa.String(length=128), nullable=False),
        sa.Column("object_type", sa.String(length=32), nullable=False),
        sa.Column("object_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("rule", "object_type", "object_id"),
    )
    op.create_index("plan_lines_by_rule", "plan_lines", ["rule"], unique=False)
    op.create_index("memberships_by_rule", "memberships", ["rule"], unique=False)
