"""Room in the mirror for calls, emails, notes and tasks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    for object_type in ("calls", "emails", "notes", "tasks"):
        op.create_table(
            object_type,
            sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
            sa.Column("properties", sa.JSON(), nullable=False),
            sa.Column("created_at", sa.BigInteger(), nullable=False),
            sa.Column("updated_at", sa.BigInteger(), nullable=False),
            sa.Column("archived_at", sa.BigInteger(), nullable=True),
            sa.Column("merged_into", sa.BigInteger(), nullable=True),
            sa.PrimaryKeyConstraint("id"),
        )
