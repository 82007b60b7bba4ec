"""Plan lines that make tasks and notes: what they make, when that was tried, and what came of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("plan_lines", sa.Column("creates", sa.JSON()))
    op.add_column("plan_lines", sa.Column("tried_at", sa.BigInteger()))
    op.add_column("plan_lines", sa.Column("created_id", sa.BigInteger()))
