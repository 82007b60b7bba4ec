"""Findings know who put them to rest, who is waited for and whom it was told to; why a message went out or did not."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    for column in (
        sa.Column("acknowledged_at", sa.BigInteger(), nullable=True),
        sa.Column("snoozed_by", sa.Text(), nullable=True),
        sa.Column("snoozed_at", sa.BigInteger(), nullable=True),
        sa.Column("snoozed_until", sa.BigInteger(), nullable=True),
        sa.Column("dismissed_by", sa.Text(), nullable=True),
        sa.Column("dismissed_at", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("quieted_by", sa.String(length=128), nullable=True),
        sa.Column("waits_since", sa.BigInteger(), nullable=True),
        sa.Column("reminded", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("ping_at", sa.BigInteger(), nullable=True),
        sa.Column("ping_why", sa.String(length=16), nullable=True),
        sa.Column("level", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("level_at", sa.BigInteger(), nullable=True),
        sa.Column("level_reason", sa.String(length=32), nullable=True),
    ):
        op.add_column("findings", column)
    op.add_column("deliveries", sa.Column("root_id", sa.String(length=32), nullable=True))
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("decision", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["finding_id"], ["findings.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("decisions_by_finding", "decisions", ["finding_id", "conversation"], unique=False)
